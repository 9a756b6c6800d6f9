"""What people see of devices: views and their forms."""
