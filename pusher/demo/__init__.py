"""An invented district that shows the whole route, with stand-ins for the vendors."""
