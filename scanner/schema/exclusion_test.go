package schema

import "testing"

func TestExclusions(t *testing.T) {
	s := load(t, `
-- models.py --
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Slot(Base):
    __tablename__ = "slots"
    id = Column(Integer, primary_key=True)
    desk = Column(Integer)
class Rent(Base):
    __tablename__ = "rents"
    id = Column(Integer, primary_key=True)
    boat = Column(Integer)
class Loan(Base):
    __tablename__ = "loans"
    id = Column(Integer, primary_key=True)
    book = Column(Integer)
-- alembic/versions/a.py --
from alembic import op
revision = "a"
down_revision = None
def upgrade():
    op.execute("ALTER TABLE slots ADD CONSTRAINT one_desk EXCLUDE USING gist (desk WITH =, tstzrange(a, b) WITH &&)")
    op.create_exclude_constraint("one_boat", "rents", ("boat", "="), ("days", "&&"), using="gist")
    op.create_exclude_constraint("one_book", "loans", ("book", "="), ("days", "&&"), using="gist")
def downgrade():
    pass
-- alembic/versions/b.py --
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    op.drop_constraint("one_book", "loans")
def downgrade():
    pass
`)
	for table, want := range map[string]bool{"slots": true, "rents": true, "loans": false} {
		column := map[string]string{"slots": "desk", "rents": "boat", "loans": "book"}[table]
		if got := s.Table(table).Excludes([]string{column}); got != want {
			t.Errorf("%s: excluded is %v, want %v", table, got, want)
		}
		if s.Table(table).Excludes([]string{"id"}) {
			t.Errorf("%s: rows with different ids are excluded", table)
		}
	}
}
