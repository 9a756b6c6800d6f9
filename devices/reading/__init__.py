"""How a file of devices is read, whatever wrote it (devices/files.py is the way in)."""
