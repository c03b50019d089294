"""The release room: requests with their verdicts, disclosures outside the protocol, items, copies, and forms."""
