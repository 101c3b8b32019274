"""Records of several fields, read field by field in whatever order a text tells them."""
