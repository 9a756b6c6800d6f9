"""What needs attention, counted from the facts of every app below (FAQ Q12)."""
