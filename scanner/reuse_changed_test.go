package scanner

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestReuseChangedContainer lets a function of another module begin to change a set of constants: what was followed while nobody did is not
// kept.
func TestReuseChangedContainer(t *testing.T) {
	other := "from states import OPEN\n\ndef more(state):\n    return state\n"
	tree := fstest.MapFS{
		"states.py": {Data: []byte("OPEN = {'new', 'paid'}\n")},
		"other.py":  {Data: []byte(other)},
		"models.py": {Data: []byte(`
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, sessionmaker

make = sessionmaker(create_engine("postgresql+psycopg://localhost/kites"))
class Base(DeclarativeBase): ...
class Kite(Base):
    __tablename__ = "kites"
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[str]
`)},
		"main.py": {Data: []byte(`
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy.orm import Session
from models import Kite, make
from states import OPEN
import other

app = FastAPI()
def db():
    with make() as s:
        yield s
@app.post("/kites/{id}/fly")
def fly(id: int, s: Session = Depends(db)):
    if "lost" not in OPEN:
        raise HTTPException(503)
    kite = s.get(Kite, id)
    if kite.state != "new":
        raise HTTPException(409)
    kite.state = "flown"
    s.commit()
`)},
	}
	memory := new(Memory)
	before := scanned(t, tree, memory)
	tree["other.py"] = &fstest.MapFile{Data: []byte(strings.Replace(other, "    return state", "    OPEN.add('lost')\n    return state", 1))}
	warm, cold := scanned(t, tree, memory), scanned(t, tree, nil)
	if warm != cold {
		t.Errorf("with what an earlier scan found out\n%s\nwithout\n%s", firstDifference(warm, cold), firstDifference(cold, warm))
	}
	if strings.Contains(before, "MB107") || !strings.Contains(cold, "MB107") {
		t.Errorf("before\n%s\nafter\n%s", before, cold)
	}
}
