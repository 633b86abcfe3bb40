package schema

import "testing"

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
