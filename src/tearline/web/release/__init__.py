"""The release room's pages: requests with their verdicts, disclosures outside the protocol, items, copies, and their forms."""
