"""A small shop: orders, avatars and staff permissions."""
