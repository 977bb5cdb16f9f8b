"""Checked, immutable descriptions: fields, kinds, seeds, errors."""
