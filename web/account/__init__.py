"""My own account: who I am, my password, my sessions."""
