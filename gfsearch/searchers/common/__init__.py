"""What searchers share that is not on-line learning."""
