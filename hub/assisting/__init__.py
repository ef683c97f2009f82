"""Assisted verification (协助核实) as the hub does it: admit, record, ask the desk, deliver what was checked."""
