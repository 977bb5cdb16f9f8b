"""Compiled on-line learning on flat descriptions of networks."""
