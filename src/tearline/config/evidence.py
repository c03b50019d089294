"""What files of evidence may be kept, and where: in the node's folder, apart from its ledger."""

FOLDER = "evidence"
LARGEST_FILE = 64 * 2**20
"""Bytes. A longer recording is kept in parts, or elsewhere under its hash."""
