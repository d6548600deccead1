"""Recycling in the street and at the door: screens, attended weighing, smart bins, station reports, pick-ups."""
