"""The audience language: say whom a policy is for, and judge it. Pure: no session, no clock."""
