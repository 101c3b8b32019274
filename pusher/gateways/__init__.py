"""The ways out of the house: parcels go to a vendor, receipts and replies come back."""
