package schema

import (
	"strings"
	"testing"
)

const choir = `
-- m.py --
from sqlalchemy import Column, ForeignKey, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

class Base(DeclarativeBase): ...
class Place(Base):
    __tablename__ = "places"
    choir_id: Mapped[int] = mapped_column(ForeignKey("choirs.id"), primary_key=True)
    singer_id: Mapped[int] = mapped_column(ForeignKey("singers.id"), primary_key=True)
voices = Table("voices", Base.metadata, Column("choir_id", ForeignKey("choirs.id")), Column("singer_id", ForeignKey("singers.id")))
class Singer(Base):
    __tablename__ = "singers"
    id: Mapped[int] = mapped_column(primary_key=True)
class Choir(Base):
    __tablename__ = "choirs"
    id: Mapped[int] = mapped_column(primary_key=True)
    singers: Mapped[list[Singer]] = relationship(secondary=voices)
    placed: Mapped[list[Singer]] = relationship(secondary=Place.__table__)
`

// TestAdopt lets an earlier schema stand for a newer one that says the same elsewhere in the files, and for no other.
func TestAdopt(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		same           bool
	}{
		{"a comment above", "class Base", "# a word\nclass Base", true},
		{"a method", "class Choir(Base):\n", "class Choir(Base):\n    def sing(self): ...\n", true},
		{"a column", "class Choir(Base):\n", "class Choir(Base):\n    name: Mapped[str]\n", false},
		{"another table between", "secondary=voices", "secondary=\"places\"", false},
		{"no key any more", ", primary_key=True)\n    singer_id", ")\n    singer_id", false},
	} {
		before := load(t, choir)
		table := before.Tables["choirs"]
		if !strings.Contains(choir, c.old) {
			t.Fatalf("%s: nothing is changed", c.name)
		}
		now := load(t, strings.Replace(choir, c.old, c.new, 1))
		line := now.Tables["choirs"].Defined.Line
		if got := before.Adopt(now); got != c.same {
			t.Errorf("%s: %t, want %t", c.name, got, c.same)
		} else if got && (before.Tables["choirs"] != table || table.Defined.Line != line) {
			t.Errorf("%s: the table is another object, or stands at line %d instead of %d", c.name, table.Defined.Line, line)
		}
	}
}
