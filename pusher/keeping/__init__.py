"""Keeping the house: the doctor, health, backup, restore and upgrade; the operator's verbs."""
