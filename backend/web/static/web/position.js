// The phone's position. It is asked for on a tap only.

const PATIENCE_MS = 15_000;

/** `{ lat, lng }` in degrees, rounded to about a metre; null when the reader or the phone gives none. */
export function here() {
  return new Promise((done) => {
    if (!navigator.geolocation) return done(null);
    return navigator.geolocation.getCurrentPosition(
      ({ coords }) => done({ lat: round(coords.latitude), lng: round(coords.longitude) }),
      () => done(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: 60_000 });
  });
}

const round = (degrees) => Math.round(degrees * 1e5) / 1e5;
