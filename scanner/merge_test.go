package scanner

import "testing"

const merged = `
from pydantic import BaseModel, ConfigDict
class TourForm(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int | None = None
    seats: int | None = None
@app.post("/tours/{id}/book")
def book(id: int, n: int, s: Session = Depends(db)):
`

// TestMerge states that what a session merges an object into is the row whose key the object has.
func TestMerge(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a number that was reckoned from the row is merged", "MB101 high", merged + `
    tour = s.get(Tour, id)
    if tour.seats < n:
        raise HTTPException(409)
    s.merge(Tour(id=tour.id, seats=tour.seats - n))
    s.commit()
`},
		{"a copy of the row is merged that was changed", "MB101 high", merged + `
    tour = TourForm.model_validate(s.get(Tour, id))
    if tour.seats < n:
        raise HTTPException(409)
    tour.seats -= n
    s.merge(Tour(**tour.model_dump(exclude_unset=True)))
    s.commit()
`},
		{"a locked row is merged", "", merged + `
    tour = s.get(Tour, id, with_for_update=True)
    if tour.seats < n:
        raise HTTPException(409)
    s.merge(Tour(id=tour.id, seats=tour.seats - n))
    s.commit()
`},
		{"what the caller sends is merged", "", merged + `
    tour = s.get(Tour, id)
    s.merge(Tour(id=tour.id, seats=n))
    s.commit()
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, booked+c.src, c.want) })
	}
}
