"""Rows of travel: partners and their keys, riders and rides, routes and trips, the tallies that count."""

from backend.travel.models.partners import Partner, PartnerKey
from backend.travel.models.rides import LinkCount, Ride, Rider
from backend.travel.models.tallies import Tally
from backend.travel.models.trips import Route, TrailHead, Trip

__all__ = ["LinkCount", "Partner", "PartnerKey", "Ride", "Rider", "Route", "Tally", "TrailHead", "Trip"]
