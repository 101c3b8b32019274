"""What comes back: receipts, replies, visits, and the report that counts them."""
