package schema

import (
	"fmt"
	"strings"
	"testing"
)

func TestRawDefinitions(t *testing.T) {
	s := load(t, `
-- app/db.py --
import aiosqlite
PREFIX = "shop_"
SCHEMA = """
CREATE TABLE IF NOT EXISTS users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, team TEXT);
CREATE UNIQUE INDEX IF NOT EXISTS ux_team ON users (team) WHERE team <> '';
"""

async def create(db):
    await db.executescript(SCHEMA)
    await db.execute(f"CREATE TABLE {PREFIX}orders (id int, no int, UNIQUE (id, no))")
    await db.execute("DROP TABLE IF EXISTS users")
-- migrations/models/9_more.py --
async def upgrade(db):
    return """ALTER TABLE "seats" ADD CONSTRAINT "uq_no" UNIQUE ("no");"""

async def downgrade(db):
    return """ALTER TABLE "seats" DROP CONSTRAINT "uq_no"; DROP TABLE "seats";"""
-- migrations/models/10_drop.py --
async def upgrade(db):
    return """DROP INDEX "uq_code";"""
-- migrations/models/0_init.py --
async def upgrade(db):
    return """CREATE TABLE "seats" ("no" INT, "code" TEXT); CREATE UNIQUE INDEX "uq_code" ON "seats" ("code");"""
-- db/migrations/001_init.up.sql --
CREATE TABLE bookings (id serial primary key, room int not null, day date not null);
CREATE UNIQUE INDEX ux_day ON bookings (room, day);
CREATE UNIQUE INDEX ux_room ON bookings (room);
-- db/migrations/002_rooms.up.sql --
DROP INDEX ux_room;
-- db/migrations/001_init.down.sql --
DROP TABLE bookings;
-- tests/test_db.py --
SQL = "CREATE TABLE only_in_tests (id int primary key)"
`)
	want(t, s, map[string]string{
		"users": "email, pk:id, team where team != '' null:team", "shop_orders": "id+no null:id+no", "seats": "no null:no", "bookings": "pk:id, room+day", "only_in_tests": "none",
	})
}

const chain = `
-- app/models.py --
from sqlalchemy import Column, Integer, String, UniqueConstraint
from sqlalchemy.orm import declarative_base
Base = declarative_base()

class User(Base):
    __tablename__ = "users"
    id = Column(Integer, primary_key=True)
    email = Column(String, unique=True, nullable=False)
    phone = Column(String, unique=True, nullable=False)
    nick = Column(String, nullable=False)
    code = Column(String, nullable=False)
    team = Column(String, nullable=False)
    __table_args__ = (UniqueConstraint("team", "nick", name="uq_team_nick"),)
-- alembic/versions/zz_first.py --
from alembic import op
import sqlalchemy as sa
revision = "a1"
down_revision = None

def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False, unique=True),
        sa.Column("nick", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("team", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("team", "nick", name="uq_team_nick"),
    )
    op.create_table("legacy", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("ref", sa.String(), unique=True))
    op.create_table("old_name", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("sku", sa.String(), nullable=False))
    op.create_unique_constraint("uq_sku", "old_name", ["sku"])

def downgrade():
    op.drop_table("users")
-- alembic/versions/mm_left.py --
from alembic import op
revision = "b1"
down_revision = "a1"

def upgrade():
    op.drop_constraint("users_email_key", "users", type_="unique")
    op.create_index(op.f("ix_users_code"), "users", ["code"], unique=True)

def downgrade():
    op.create_unique_constraint("users_email_key", "users", ["email"])
-- alembic/versions/aa_right.py --
from alembic import op
revision = "b2"
down_revision = "a1"

def upgrade():
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint("uq_team_nick", type_="unique")
        batch_op.create_unique_constraint("uq_nick", ["nick"])
    op.rename_table("old_name", "products")
    op.drop_table("legacy")
-- alembic/versions/bb_merge.py --
revision = "c1"
down_revision = ("b1", "b2")

def upgrade():
    pass
-- alembic/versions/00_last.py --
from alembic import op
import sqlalchemy as sa
revision = "d1"
down_revision = "c1"

def tidy():
    op.drop_index("ix_users_code", table_name="users")

def upgrade():
    tidy()
    op.create_index("ix_users_code", "users", ["code"], unique=False)
    op.create_index("ux_team", "users", ["team", sa.text("lower(nick)")], unique=True, postgresql_where=sa.text("team IS NOT NULL"))
    op.execute("CREATE UNIQUE INDEX ux_products ON products (lower(sku))")
    op.alter_column("products", "sku", new_column_name="article")
`

func TestAlembic(t *testing.T) {
	s := load(t, chain)
	want(t, s, map[string]string{
		// email: dropped by its default name, while the model still has it. uq_team_nick: dropped in a batch. code: made
		// unique, then plain. phone: in both.
		"users":    "nick, phone, pk:id, team+lower(nick) where team is not null",
		"legacy":   "none",
		"old_name": "none",
		"products": "article, lower(sku), pk:id",
	})
	users := s.Tables["users"]
	k, ok := users.UniqueOn([]string{"nick"})
	if !ok || !k.Migration || k.From.Path != "alembic/versions/aa_right.py" || k.From.Line != 8 {
		t.Errorf("users.nick: %v %+v", ok, k)
	}
}

// The result must not depend on the order in which the files come.
func TestAlembicOrderOfFiles(t *testing.T) {
	parts := section.FindAllStringIndex(chain, -1)
	var files []string
	for i, p := range parts {
		end := len(chain)
		if i+1 < len(parts) {
			end = parts[i+1][0]
		}
		files = append(files, chain[p[0]:end])
	}
	want := fmt.Sprint(keys(load(t, chain).Tables["users"]))
	for range files {
		files = append(files[1:], files[0])
		if got := fmt.Sprint(keys(load(t, "\n"+strings.Join(files, "")).Tables["users"])); got != want {
			t.Fatalf("got %s, want %s", got, want)
		}
	}
}

// A name that fits two keys ends the one that it fits better, every time.
func TestDefaultNames(t *testing.T) {
	for range 20 {
		s := load(t, `
-- versions/a.py --
from alembic import op
import sqlalchemy as sa
revision = "a"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String, nullable=False), sa.Column("b", sa.String, nullable=False),
        sa.UniqueConstraint("a", "b"), sa.UniqueConstraint("a"))
    op.drop_constraint("uq_t_a", "t", type_="unique")
`)
		want(t, s, map[string]string{"t": "a+b, pk:id"})
	}
}

// Dropping a plain index whose name an unnamed key could have had leaves the key alone.
func TestPlainIndexIsNoKey(t *testing.T) {
	s := load(t, `
-- versions/a.py --
from alembic import op
import sqlalchemy as sa
revision = "a"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String, nullable=False, unique=True))
    op.create_index("ix_t_a", "t", ["a"])
    op.drop_index("ix_t_a", table_name="t")
`)
	want(t, s, map[string]string{"t": "a, pk:id"})
}

func TestAlembicCircle(t *testing.T) {
	s := load(t, `
-- versions/a.py --
from alembic import op
revision = "a"
down_revision = "b"
def upgrade():
    op.execute("CREATE TABLE t (id int primary key)")
-- versions/b.py --
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    op.create_unique_constraint("u", "t", ["n"])
`)
	want(t, s, map[string]string{"t": "n, pk:id"})
}

func TestRebuiltTable(t *testing.T) {
	s := load(t, `
-- versions/a.py --
from alembic import op
import sqlalchemy as sa
revision = "a"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer, primary_key=True), sa.Column("a", sa.String, unique=True), sa.Column("b", sa.String, unique=True))
-- versions/b.py --
from alembic import op
revision = "b"
down_revision = "a"
def upgrade():
    op.execute("CREATE TABLE t_new (id int primary key, a text, b text unique)")
    op.drop_table("t")
    op.rename_table("t_new", "t")
`)
	want(t, s, map[string]string{"t": "b null:b, pk:id", "t_new": "none"})
}
