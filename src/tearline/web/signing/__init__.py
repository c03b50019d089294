"""The step between a form and the record where an act binds: it is shown, signed with a passkey, and then recorded.

What was decided waits in this process's memory, for the person and session that asked for it, for fifteen minutes and
for one signature. A node that is restarted meanwhile has it shown anew.
"""
