"""Who may come in: users and groups, passwords, sign-ins and API tokens."""
