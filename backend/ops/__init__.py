"""What must see everything: `prove`, demo data, health. It asks each app; nobody asks it."""
