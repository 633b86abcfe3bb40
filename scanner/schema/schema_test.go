package schema

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/middlebrick/middlebrick/scanner/program"
	"github.com/middlebrick/middlebrick/scanner/python"
)

var section = regexp.MustCompile(`(?m)^-- (\S+) --\n`)

// load reads a project written as one text: "-- path --" begins a file.
func load(t *testing.T, project string) *Schema {
	t.Helper()
	var files []*python.File
	var configs []Config
	heads := section.FindAllStringSubmatchIndex(project, -1)
	for i, h := range heads {
		end := len(project)
		if i+1 < len(heads) {
			end = heads[i+1][0]
		}
		path, body := project[h[2]:h[3]], project[h[1]:end]
		if !strings.HasSuffix(path, ".py") {
			configs = append(configs, Config{path, []byte(body)})
			continue
		}
		f := python.Parse(path, []byte(body))
		if len(f.Errors) > 0 {
			t.Fatalf("%s: %v", path, f.Errors)
		}
		files = append(files, f)
	}
	return Read(program.Build(files), configs)
}

// keys writes the unique keys of a table in one line.
func keys(t *Table) string {
	var all []string
	for _, k := range t.Unique {
		text := strings.Join(append(append([]string(nil), k.Columns...), k.Expressions...), "+")
		if k.Primary {
			text = "pk:" + text
		}
		if k.Where != "" {
			text += " where " + k.Where
		}
		if len(k.Nullable) > 0 {
			text += " null:" + strings.Join(k.Nullable, "+")
		}
		if k.NullsNotDistinct {
			text += " nnd"
		}
		all = append(all, text)
	}
	sort.Strings(all)
	return strings.Join(all, ", ")
}

// columns writes the columns of a table in one line, in source order.
func columns(t *Table) string {
	var all []string
	for _, name := range t.Order {
		c := t.Columns[name]
		text := c.Name
		if c.Attribute != "" && c.Attribute != c.Name {
			text = c.Attribute + "=" + c.Name
		}
		if c.Nullable {
			text += "?"
		}
		if c.Filled {
			text += "!"
		}
		if c.Target != "" {
			text += ">" + c.Target
		}
		all = append(all, text)
	}
	return strings.Join(all, " ")
}

func relations(t *Table) string {
	var all []string
	for _, r := range t.Relationships {
		text := r.Attribute + ">" + r.Target
		if r.Class == nil {
			text += "(unknown)"
		}
		if r.Many {
			text += "*"
		}
		if len(r.ForeignKey) > 0 {
			text += ":" + strings.Join(r.ForeignKey, "+")
		}
		all = append(all, text)
	}
	sort.Strings(all)
	return strings.Join(all, " ")
}

// want compares what is said of each table: keys, columns (with "columns:") or relationships (with "relations:").
func want(t *testing.T, s *Schema, expected map[string]string) {
	t.Helper()
	for name, text := range expected {
		name, part, _ := strings.Cut(name, " ")
		table := s.Tables[name]
		if table == nil {
			if text != "none" {
				t.Errorf("table %s not found; there are %v", name, names(s))
			}
			continue
		}
		got := keys(table)
		switch part {
		case "columns":
			got = columns(table)
		case "relations":
			got = relations(table)
		}
		if got != text {
			t.Errorf("%s %s\n got %s\nwant %s", name, part, got, text)
		}
	}
}

func names(s *Schema) []string {
	var list []string
	for name := range s.Tables {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}

func TestDeclarative(t *testing.T) {
	s := load(t, `
-- app/base.py --
import re
from datetime import datetime
from typing import Annotated
from sqlalchemy import DateTime, func
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, declared_attr

intpk = Annotated[int, mapped_column(primary_key=True)]

class Base(DeclarativeBase):
    pass

class Named(Base):
    __abstract__ = True

    @declared_attr.directive
    def __tablename__(cls):
        return cls.__name__.lower() + "s"

class Stamped:
    created_at: Mapped[datetime] = mapped_column(DateTime, server_default=func.now())
    deleted_at: Mapped[datetime | None]
-- app/models.py --
from typing import TYPE_CHECKING, List, Optional
import sqlalchemy as sa
from sqlalchemy import Column as C, ForeignKey, Index, Integer, String, UniqueConstraint, CheckConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, synonym
from sqlalchemy.ext.hybrid import hybrid_property
from .base import Base, Named, Stamped, intpk

class User(Stamped, Base):
    __tablename__ = "users"
    id: Mapped[intpk]
    email: Mapped[str] = mapped_column(String(255))
    nick: Mapped[Optional[str]] = mapped_column("nickname", unique=True)
    login = synonym("nick")
    rooms: Mapped[List["Room"]] = relationship(back_populates="owner")
    __table_args__ = (
        Index("ux_users_email", func.lower(email), unique=True, postgresql_where=text("deleted_at IS NULL")),
        CheckConstraint("char_length(email) > 3"),
        {"schema": "app"},
    )

    @hybrid_property
    def domain(self):
        return self.email.split("@")[1]

class Room(Named, Stamped):
    id = C(Integer, primary_key=True)
    no = C(Integer, nullable=False)
    owner_id = C(Integer, ForeignKey("app.users.id"))
    second_id = C(Integer, ForeignKey(User.id), nullable=False)
    version = C(Integer, nullable=False, default=1)
    owner = relationship("User", foreign_keys=[owner_id], back_populates="rooms")
    second = relationship(lambda: User, foreign_keys="Room.second_id")
    __table_args__ = (UniqueConstraint("owner_id", "no", name="uq_room"),) + (sa.PrimaryKeyConstraint("id"),)
    __mapper_args__ = {"version_id_col": version}

class Person(Base):
    __tablename__ = "persons"
    id = sa.Column(sa.Integer, primary_key=True)
    kind = sa.Column(sa.String)

class Manager(Person):
    badge = sa.Column(sa.String, unique=True)

class Driver(Person):
    __tablename__ = "drivers"
    id = sa.Column(sa.ForeignKey("persons.id"), primary_key=True)
    licence = sa.Column(sa.String, unique=True, nullable=False)

Index("ux_person_kind", Person.kind, unique=True, sqlite_where=Person.kind != None)

tags = sa.Table(
    "tags", Base.metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.UniqueConstraint("name", postgresql_nulls_not_distinct=True),
)
`)
	want(t, s, map[string]string{
		"users":           "lower(email) where deleted_at is null, nickname null:nickname, pk:id",
		"users columns":   "created_at! deleted_at? id email nick=nickname?",
		"users relations": "rooms>Room*",
		"rooms":           "owner_id+no null:owner_id, pk:id",
		"rooms columns":   "created_at! deleted_at? id no owner_id?>app.users.id second_id>users.id version!",
		"rooms relations": "owner>User:owner_id second>User:second_id",
		"persons":         "badge null:badge, kind where kind is not null null:kind, pk:id",
		"drivers":         "licence, pk:id",
		"tags":            "name nnd, pk:id",
	})
	users := s.Tables["users"]
	if users.Schema != "app" || len(users.Checks) != 1 || !users.Hybrids["domain"] || users.Attributes["login"] != "nickname" {
		t.Errorf("users: schema %q, checks %v, hybrids %v, attributes %v", users.Schema, users.Checks, users.Hybrids, users.Attributes)
	}
	if v := s.Tables["rooms"].VersionColumn; v != "version" {
		t.Errorf("version column of rooms: %q", v)
	}
	if c := s.Tables["drivers"].Column("kind"); c == nil {
		t.Error("a joined table does not see the columns of its parent")
	}
	if s.Table("APP.Users") != users {
		t.Error("a table is not found by a qualified name in another case")
	}
}

func TestDeclarativeVariants(t *testing.T) {
	s := load(t, `
-- m.py --
from typing import Annotated
import sqlalchemy as sa
from advanced_alchemy.base import UUIDAuditBase
from fastapi_users.db import SQLAlchemyBaseUserTableUUID
from sqlalchemy import Column, Index, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, as_declarative, declared_attr, mapped_column

short = Annotated[str, mapped_column(String(20), unique=True)]
PARTS = ("year", "no")

@as_declarative()
class Base:
    @declared_attr
    def __tablename__(cls) -> str:
        return cls.__name__.lower()

class Other(MappedAsDataclass, DeclarativeBase):
    __abstract__ = True

class User(SQLAlchemyBaseUserTableUUID, Base):
    pass

class BlogPost(UUIDAuditBase):
    title: Mapped[short] = mapped_column(nullable=False)

def pk_column():
    return Column(sa.Integer, primary_key=True)

class Invoice(Base):
    id = pk_column()
    year = Column(sa.Integer, nullable=False)
    no = Column("number", sa.Integer, nullable=False)
    token = sa.orm.deferred(Column(String, unique=True, nullable=False))

    @declared_attr
    def __table_args__(cls):
        args = (UniqueConstraint(*PARTS), Index("ux", cls.no, unique=True, postgresql_where=((cls.year == 2020) | (cls.no > 5)) & ~cls.token.is_(None)))
        return args
`)
	want(t, s, map[string]string{
		"user":      "email, pk:id",
		"blog_post": "pk:id, title", "blog_post columns": "id! created_at updated_at title",
		"invoice": "number where year = 2020 or no > 5 and token is not null, pk:id, token, year+number",
	})
}

func TestSQLModel(t *testing.T) {
	s := load(t, `
-- models.py --
import uuid
from pydantic import EmailStr
from sqlalchemy import Column, String, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True, max_length=255)
    is_active: bool = True
    full_name: str | None = Field(default=None)

class UserPublic(UserBase):
    id: uuid.UUID

class User(UserBase, table=True):
    id: uuid.UUID = Field(default_factory=uuid.uuid4, primary_key=True)
    slug: str = Field(sa_column=Column("slug_", String, unique=True, nullable=False))
    items: list["Item"] = Relationship(back_populates="owner", cascade_delete=True)

class Item(SQLModel, table=True):
    __tablename__ = "item_rows"
    __table_args__ = (UniqueConstraint("owner_id", "title"),)
    id: int | None = Field(default=None, primary_key=True)
    title: str
    owner_id: uuid.UUID = Field(foreign_key="user.id", nullable=False)
    owner: User | None = Relationship(back_populates="items")
`)
	want(t, s, map[string]string{
		"user": "email, pk:id, slug_", "user columns": "email is_active! full_name? id! slug=slug_",
		"item_rows": "owner_id+title, pk:id", "item_rows relations": "owner>User:owner_id", "user relations": "items>Item*", "userpublic": "none",
	})
}

func TestOtherORMs(t *testing.T) {
	s := load(t, `
-- tortoise_models.py --
from tortoise import fields, models

class Event(models.Model):
    id = fields.IntField(pk=True)
    slug = fields.CharField(max_length=20, unique=True)
    tenant = fields.ForeignKeyField("models.Tenant", related_name="events")
    profile = fields.OneToOneField("models.Profile", null=True)
    tags = fields.ManyToManyField("models.Tag")

    class Meta:
        table = "events"
        unique_together = (("tenant", "slug"),)

class Tenant(models.Model):
    name = fields.TextField()
-- django_models.py --
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

class Coupon(models.Model):
    code = models.CharField(max_length=9)
    owner = models.ForeignKey("auth.User", on_delete=models.CASCADE)
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "coupons"
        unique_together = ("owner", "code")
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=Q(active=True), name="one_active"),
            models.UniqueConstraint(Lower("code"), name="folded"),
        ]
-- peewee_models.py --
from peewee import CharField, CompositeKey, ForeignKeyField, Model

class BaseModel(Model):
    pass

class Seat(BaseModel):
    row = CharField()
    no = CharField(column_name="number")
    ticket = CharField(unique=True, null=True)

    class Meta:
        table_name = "seats"
        indexes = ((("row", "no"), True), (("ticket",), False))

class Link(BaseModel):
    a = ForeignKeyField(Seat)
    b = CharField()

    class Meta:
        primary_key = CompositeKey("a", "b")
-- beanie_models.py --
from typing import Annotated
from beanie import Document, Indexed
from pymongo import ASCENDING, IndexModel

class Account(Document):
    email: Annotated[str, Indexed(unique=True)]
    login: Indexed(str, unique=True)
    tenant: str
    alias: str | None = None

    class Settings:
        name = "accounts"
        use_revision = True
        indexes = [
            IndexModel([("tenant", ASCENDING), ("alias", ASCENDING)], unique=True, partialFilterExpression={"deleted": False}),
            IndexModel([("tenant", ASCENDING)]),
            "alias",
        ]
-- engine_models.py --
from mongoengine import Document, StringField

class Voucher(Document):
    code = StringField(required=True, unique=True)
    shop = StringField(unique_with=["code"])
    meta = {"collection": "vouchers", "indexes": [{"fields": ["-shop", "code"], "unique": True}]}
-- ormar_models.py --
import ormar
from .db import base

class Track(ormar.Model):
    ormar_config = base.copy(tablename="tracks", constraints=[ormar.UniqueColumns("album", "no")])
    id: int = ormar.Integer(primary_key=True)
    album: str = ormar.String(max_length=10)
    no: int = ormar.Integer(unique=True)
-- piccolo_models.py --
from piccolo.columns import Varchar, ForeignKey
from piccolo.table import Table

class Band(Table, tablename="bands"):
    name = Varchar(unique=True)
-- mongo_db.py --
from motor.motor_asyncio import AsyncIOMotorClient
db = AsyncIOMotorClient("mongodb://h").get_database("x")
users = db["users"]

class Store:
    def __init__(self, db):
        self.orders = db.get_collection("orders")

    async def prepare(self):
        await self.orders.create_index([("tenant", 1), ("no", -1)], unique=True)
        await self.orders.create_index("when")

async def prepare():
    await users.create_index("email", unique=True)
    await db.sessions.create_index([("token", 1)], unique=True)
`)
	want(t, s, map[string]string{
		"events": "pk:id, profile_id null:profile_id, slug, tenant_id+slug", "events relations": "profile>Profile(unknown):profile_id tags>Tag(unknown)* tenant>Tenant:tenant_id",
		"tenant":   "pk:id",
		"coupons":  "code where active = true, lower(code), owner_id+code, pk:id",
		"seats":    "pk:id, row+number, ticket null:ticket",
		"link":     "pk:a_id+b",
		"accounts": "email, login, pk:_id, tenant+alias where deleted = false nnd",
		"vouchers": "code, pk:_id, shop+code null:shop",
		"tracks":   "album+no, no, pk:id",
		"bands":    "name, pk:id",
		"users":    "email nnd, pk:_id", "sessions": "pk:_id, token nnd", "orders": "pk:_id, tenant+no nnd",
	})
	if v := s.Tables["accounts"].VersionColumn; v != "revision_id" {
		t.Errorf("version column of accounts: %q", v)
	}
}

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

// Hostile Python must cost neither the stack nor much time.
func TestHostilePrograms(t *testing.T) {
	n := 200_000
	for name, body := range map[string]string{
		"long sum":         "x = a" + strings.Repeat("+f(1)", n),
		"long attribute":   "x = a" + strings.Repeat(".b", n),
		"long chain":       "x = a" + strings.Repeat(".b()", n),
		"long elif":        "if a:\n    pass\n" + strings.Repeat("elif b:\n    pass\n", n/10),
		"name circle":      "A = B\nB = A\nfrom sqlalchemy import create_engine\ncreate_engine(A)",
		"call circle":      "def f():\n    return g()\ndef g():\n    return f() or f() or f() or f()\nfrom sqlalchemy import create_engine\ncreate_engine(f())",
		"class circle":     "class A(B):\n    __tablename__ = x\nclass B(A):\n    x = Column()\n",
		"growing text":     "A = 'a' * 2\nB = A.replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa').replace('a', 'aaaaaaaaaa')\nfrom sqlalchemy import create_engine\ncreate_engine(B)",
		"many columns":     "from sqlalchemy import Column\nclass A:\n    __tablename__ = 'a'\n" + manyColumns(5_000),
		"recursive helper": "revision = 'a'\ndown_revision = None\nfrom alembic import op\ndef upgrade():\n    upgrade()\n    upgrade()\n    upgrade()\n",
		"self relation":    "from sqlalchemy import Column\nfrom sqlalchemy.orm import relationship\nclass A:\n    __tablename__ = 'a'\n    id = Column(primary_key=True)\n    __table_args__ = (*__table_args__,)\n    a = relationship('A')\n",
	} {
		start := time.Now()
		Read(program.Build([]*python.File{python.Parse("m.py", []byte(body+"\n"))}), nil)
		d := time.Since(start)
		if d > 20*time.Second {
			t.Errorf("%s: took %s", name, d)
		}
	}
}

func manyColumns(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "    c%d = Column(unique=True)\n", i)
	}
	return b.String()
}

func FuzzRead(f *testing.F) {
	for _, p := range section.Split(chain+keyed, -1) {
		f.Add(p)
	}
	f.Add("class A(Model):\n    a = fields.CharField(unique=True)\n    class Meta:\n        unique_together = (('a', 'b'),)\n")
	f.Add("class A(SQLModel, table=True):\n    a: Mapped[list['B']] = Field(sa_column=Column('x', unique=True))\n    __table_args__ = (Index('i', func.lower('a'), unique=True, postgresql_where=text('x')),)\n")
	f.Add("engine = create_engine(f'{A}://{B}' + str(C.d['e']).replace('a', 'b'))\nclass S(BaseSettings):\n    db: PostgresDsn = os.getenv('X', 'y')\n")
	f.Fuzz(func(t *testing.T, source string) {
		s := Read(program.Build([]*python.File{python.Parse("versions/m.py", []byte(source))}), nil)
		for _, table := range s.Tables {
			table.UniqueOn(table.Order)
		}
	})
}
