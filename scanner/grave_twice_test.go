package scanner

import "testing"

const joined = `
from pydantic import BaseModel
from sqlalchemy import JSON, UniqueConstraint, and_, or_
class Call(Base):
    __tablename__ = "calls"
    id: Mapped[int] = mapped_column(primary_key=True)
    lines: Mapped[dict] = mapped_column(JSON)
    closed: Mapped[bool]
    accepted: Mapped[bool]
    summary: Mapped[str]
class Friend(Base):
    __tablename__ = "friends"
    id: Mapped[int] = mapped_column(primary_key=True)
    one_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    since: Mapped[str]

`

const patched = joined + `
class CallPatch(BaseModel):
    closed: bool | None = None
    lines: dict | None = None
def patch(s, row, given):
    if isinstance(given, dict):
        fields = given
    else:
        fields = given.model_dump(exclude_unset=True)
    for name, value in fields.items():
        setattr(row, name, value)
    s.commit()
@app.put("/calls/{id}/lines")
def say(id: int, lines: dict, s: Session = Depends(db)):
    call = s.get(Call, id)
    call.lines = lines
    s.commit()
`

// TestGraveTwice states what comes of it that the same thing is done twice: much, or that it is done.
func TestGraveTwice(t *testing.T) {
	for _, c := range []struct{ name, want, src string }{
		{"a helper that takes a dict or a form is given a form, and writes what was set in it", "", patched + `
@app.post("/calls/{id}/close")
def close(id: int, s: Session = Depends(db)):
    call = s.get(Call, id)
    if not call.lines:
        raise HTTPException(409)
    patch(s, call, CallPatch(closed=True))
`},
		{"a helper that takes a dict or a form writes what was looked at", "MB101 high", patched + `
@app.post("/calls/{id}/lines")
def add(id: int, line: str, s: Session = Depends(db)):
    call = s.get(Call, id)
    patch(s, call, CallPatch(lines={**call.lines, line: True}))
`},
	} {
		t.Run(c.name, func(t *testing.T) { ranks(t, booked+c.src, c.want) })
	}
}
