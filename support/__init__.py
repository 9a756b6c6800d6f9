"""Questions to Samsung support, and the deletion of customers (FAQ Q11)."""
