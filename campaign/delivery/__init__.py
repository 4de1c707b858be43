"""Deliveries: exporting, compiling, sealing and verifying packages of signatures."""
