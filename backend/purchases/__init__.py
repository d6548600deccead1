"""Green purchases and confirmed acts: what counts as green, receipts and refunds, acts at the counter, occasions."""
