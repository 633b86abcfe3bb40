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
	if d := difference(warm, cold); d != "" {
		t.Error(d)
	}
	if strings.Contains(before, "MB107") || !strings.Contains(cold, "MB107") {
		t.Errorf("before\n%s\nafter\n%s", before, cold)
	}
}

// TestReuseKept edits what a request has nothing to do with: it is not followed again.
func TestReuseKept(t *testing.T) {
	models := `
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase): ...
`
	kite := "from base import Base\nfrom sqlalchemy.orm import Mapped, mapped_column\n\nclass Kite(Base):\n    __tablename__ = \"kites\"\n    id: Mapped[int] = mapped_column(primary_key=True)\n    state: Mapped[str]\n"
	reel := strings.NewReplacer("Kite", "Reel", "kites", "reels").Replace(kite)
	tree := fstest.MapFS{
		"base.py": {Data: []byte(models)}, "kites.py": {Data: []byte(kite)}, "reels.py": {Data: []byte(reel)},
		"main.py": {Data: []byte(`
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from kites import Kite
import reels

make = sessionmaker(create_engine("postgresql+psycopg://localhost/kites"))
app = FastAPI()
def db():
    with make() as s:
        yield s
@app.post("/kites/{id}/fly")
def fly(id: int, s: Session = Depends(db)):
    kite = s.get(Kite, id)
    if kite.state != "new":
        raise HTTPException(409)
    kite.state = "flown"
    s.commit()
`)},
	}
	memory := new(Memory)
	scanned(t, tree, memory)
	for _, edit := range []struct {
		what, text string
		kept       int
	}{
		{"a comment beside a table", "# wound up\n" + reel, 1},
		{"a function that nobody calls", reel + "\ndef wind():\n    return Reel()\n", 1},
		{"an import that nobody else means", "import decimal\n" + reel, 1},
		{"a method", reel + "    def wound(self):\n        return self.state == \"wound\"\n", 1},
		{"a name that another file means", reel + "\ndef fly():\n    pass\n", 0},
		{"a column", reel + "    length: Mapped[int]\n", 0},
	} {
		before := memory.earlier.traces
		tree["reels.py"] = &fstest.MapFile{Data: []byte(edit.text)}
		if d := difference(scanned(t, tree, memory), scanned(t, tree, nil)); d != "" {
			t.Errorf("%s: %s", edit.what, d)
		}
		if n := inBoth(before, memory.earlier.traces); n != edit.kept {
			t.Errorf("%s: %d traces kept", edit.what, n)
		}
		tree["reels.py"] = &fstest.MapFile{Data: []byte(reel)}
		scanned(t, tree, memory)
	}
}
