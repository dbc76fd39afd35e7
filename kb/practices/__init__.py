"""Best practices, read for what somebody who takes one up has to do."""
