"""Files of evidence: an evidentiary copy and a working copy, each sealed under a key that only the record holds.

What is promised: that a file was kept is recorded when both copies are on the disk, so there is no fact without a
file; what was written and not recorded is swept. The key stands sealed in the fact, and is destroyed with it. Before a
byte is handed out all of the copy was found to be as it was kept. How it fails: Refused for what may not be kept, or is
damaged; OSError when the disk is full. Nothing is left then.
"""
