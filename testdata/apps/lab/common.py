"""Tables, database and the routes that both forms of the laboratory share."""

import os
import secrets
import threading
import time
import uuid
from collections import deque

from fastapi import APIRouter, Depends, FastAPI, Form, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel
from sqlalchemy import JSON, ForeignKey, create_engine, event, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

URL = os.environ.get("LAB_DB", "sqlite:///./lab.db")
engine = create_engine(
    URL,
    connect_args={"timeout": 10} if URL.startswith("sqlite") else {},
    **({} if URL.startswith("sqlite") else {"pool_size": 20}),
)
if URL.startswith("sqlite"):

    @event.listens_for(engine, "connect")
    def _pragma(connection, _record):
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=OFF")


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="open")
    refunds: Mapped[int] = mapped_column(default=0)


class Coupon(Base):
    __tablename__ = "coupons"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    used: Mapped[bool] = mapped_column(default=False)
    redemptions: Mapped[int] = mapped_column(default=0)


class Wallet(Base):
    __tablename__ = "wallets"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]
    paid_out: Mapped[int] = mapped_column(default=0)


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int]


class Product(Base):
    __tablename__ = "products"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    stock: Mapped[int]


class Purchase(Base):
    __tablename__ = "purchases"
    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    quantity: Mapped[int]


class Member(Base):
    __tablename__ = "members"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    guard: Mapped[str | None] = mapped_column(unique=True)  # the constraint of the repaired form


class Document(Base):
    __tablename__ = "documents"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    edits: Mapped[int] = mapped_column(default=0)


class Counter(Base):
    __tablename__ = "counters"
    id: Mapped[int] = mapped_column(primary_key=True)
    hits: Mapped[int] = mapped_column(default=0)


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list] = mapped_column(JSON, default=list)
    version: Mapped[int] = mapped_column(default=1)


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("notes.id"))
    text: Mapped[str]


class Invite(Base):
    __tablename__ = "invites"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(unique=True)
    accepted: Mapped[bool] = mapped_column(default=False)
    seats: Mapped[int] = mapped_column(default=0)


class Event(Base):
    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    capacity: Mapped[int]
    left: Mapped[int]


class Booking(Base):
    __tablename__ = "bookings"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"))


class Poll(Base):
    __tablename__ = "polls"
    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]


class Vote(Base):
    __tablename__ = "votes"
    id: Mapped[int] = mapped_column(primary_key=True)
    poll_id: Mapped[int] = mapped_column(ForeignKey("polls.id"))
    voter: Mapped[str]
    guard: Mapped[str | None] = mapped_column(unique=True)


class Payment(Base):
    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str]
    amount: Mapped[int]
    guard: Mapped[str | None] = mapped_column(unique=True)


class Job(Base):
    __tablename__ = "jobs"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="queued")
    claims: Mapped[int] = mapped_column(default=0)


class Subscription(Base):
    __tablename__ = "subscriptions"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="active")
    plan: Mapped[str] = mapped_column(default="basic")
    charged: Mapped[int] = mapped_column(default=0)


class Cart(Base):
    __tablename__ = "carts"
    id: Mapped[int] = mapped_column(primary_key=True)
    deleted: Mapped[bool] = mapped_column(default=False)
    checkouts: Mapped[int] = mapped_column(default=0)


class Saving(Base):
    __tablename__ = "savings"
    id: Mapped[int] = mapped_column(primary_key=True)
    balance: Mapped[int] = mapped_column(default=0)


class Setting(Base):
    __tablename__ = "settings"
    id: Mapped[int] = mapped_column(primary_key=True)
    values: Mapped[dict] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)


class Seat(Base):
    __tablename__ = "seats"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str | None]
    reservations: Mapped[int] = mapped_column(default=0)


class Charge(Base):
    __tablename__ = "charges"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="authorized")
    refunded: Mapped[int] = mapped_column(default=0)


class Link(Base):
    __tablename__ = "links"
    id: Mapped[int] = mapped_column(primary_key=True)
    downloads: Mapped[int] = mapped_column(default=0)


class Gift(Base):
    __tablename__ = "gifts"
    id: Mapped[int] = mapped_column(primary_key=True)
    claimed: Mapped[bool] = mapped_column(default=False)
    points: Mapped[int] = mapped_column(default=0)


class Import(Base):
    __tablename__ = "imports"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(default="new")
    runs: Mapped[int] = mapped_column(default=0)


class Page(Base):
    __tablename__ = "pages"
    id: Mapped[str] = mapped_column(primary_key=True, default=lambda: str(uuid.uuid4()))
    slug: Mapped[str]
    guard: Mapped[str | None] = mapped_column(unique=True)


class Secret(Base):
    __tablename__ = "secrets"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[str]
    revealed: Mapped[int] = mapped_column(default=0)


class Badge(Base):
    __tablename__ = "badges"
    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool] = mapped_column(default=True)
    entries: Mapped[int] = mapped_column(default=0)


class Ticket(Base):
    __tablename__ = "tickets"
    id: Mapped[int] = mapped_column(primary_key=True)
    scanned: Mapped[bool] = mapped_column(default=False)
    admissions: Mapped[int] = mapped_column(default=0)


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)
    password: Mapped[str]
    token: Mapped[str | None] = mapped_column(unique=True)
    bonus: Mapped[int] = mapped_column(default=0)
    claimed: Mapped[bool] = mapped_column(default=False)


class Voucher(Base):
    __tablename__ = "vouchers"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    left: Mapped[int | None]
    spent: Mapped[int] = mapped_column(default=0)


class Profile(Base):
    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    theme: Mapped[str] = mapped_column(default="light")


try:
    Base.metadata.create_all(engine)
except DBAPIError:  # another worker was creating them at the same moment
    Base.metadata.create_all(engine)


def get_db():
    with Session(engine) as db:
        yield db


def row(x):
    hidden = {"guard", "password", "token" if isinstance(x, User) else ""}
    return {c.name: getattr(x, c.name) for c in x.__table__.columns if c.name not in hidden}


def found(db, table, id):
    x = db.get(table, id)
    if x is None:
        raise HTTPException(404, "not found")
    return x


class CouponIn(BaseModel):
    code: str


class WalletIn(BaseModel):
    balance: int


class ProductIn(BaseModel):
    name: str
    stock: int


class DocumentIn(BaseModel):
    title: str


class EventIn(BaseModel):
    capacity: int


class PollIn(BaseModel):
    question: str


class SignupIn(BaseModel):
    username: str
    password: str


shared = APIRouter()


def thing(path: str, table, body=None):
    """POST path and GET path/{id} for a table."""
    name = table.__tablename__[:-1]

    def save(x, db):
        db.add(x)
        db.commit()
        return row(x)

    if body is None:

        def create(db: Session = Depends(get_db)):
            return save(table(), db)

    else:

        def create(data: body, db: Session = Depends(get_db)):
            extra = {"left": data.capacity} if table is Event else {}
            return save(table(**data.model_dump(), **extra), db)

    def read(id: int, db: Session = Depends(get_db)):
        return row(found(db, table, id))

    create.__name__, read.__name__ = f"create_{name}", f"read_{name}"
    shared.add_api_route(path, create, methods=["POST"], status_code=201, tags=[name])
    shared.add_api_route(path + "/{id}", read, methods=["GET"], tags=[name])


thing("/orders", Order)
thing("/wallets", Wallet, WalletIn)
thing("/accounts", Account, WalletIn)
thing("/products", Product, ProductIn)
thing("/documents", Document, DocumentIn)
thing("/counters", Counter)
thing("/events", Event, EventIn)
thing("/polls", Poll, PollIn)
thing("/jobs", Job)
thing("/subscriptions", Subscription)
thing("/savings", Saving)
thing("/settings", Setting)
thing("/seats", Seat)
thing("/charges", Charge)
thing("/links", Link)
thing("/gifts", Gift)
thing("/imports", Import)
thing("/badges", Badge)
thing("/profiles", Profile)
thing("/tickets", Ticket)


@shared.post("/coupons", status_code=201)
def create_coupon(data: CouponIn, db: Session = Depends(get_db)):
    c = Coupon(code=data.code)
    db.add(c)
    db.commit()
    return row(c)


@shared.get("/coupons/{code}")
def read_coupon(code: str, db: Session = Depends(get_db)):
    c = db.scalar(select(Coupon).where(Coupon.code == code))
    if c is None:
        raise HTTPException(404)
    return row(c)


@shared.get("/purchases")
def list_purchases(product_id: int, db: Session = Depends(get_db)):
    return [row(x) for x in db.scalars(select(Purchase).where(Purchase.product_id == product_id))]


@shared.get("/members/{id}")
def read_member(id: int, db: Session = Depends(get_db)):
    return row(found(db, Member, id))


@shared.post("/notes", status_code=201)
def create_note(db: Session = Depends(get_db)):
    n = Note(tags=[])
    db.add(n)
    db.commit()
    return row(n)


@shared.get("/notes/{note_id}")
def read_note(note_id: int, db: Session = Depends(get_db)):
    n = found(db, Note, note_id)
    more = [t.text for t in db.scalars(select(Tag).where(Tag.note_id == note_id))]
    return {"id": n.id, "tags": list(n.tags) + more}


class InviteOut(BaseModel):
    id: int
    token: str


@shared.post("/invites", status_code=201, response_model=InviteOut)
def create_invite(db: Session = Depends(get_db)):
    i = Invite(token=secrets.token_hex(12))
    db.add(i)
    db.commit()
    return row(i)


@shared.get("/invites/{invite_id}")
def read_invite(invite_id: int, db: Session = Depends(get_db)):
    return row(found(db, Invite, invite_id))


@shared.get("/events/{id}/bookings")
def list_bookings(id: int, db: Session = Depends(get_db)):
    return [row(x) for x in db.scalars(select(Booking).where(Booking.event_id == id))]


@shared.get("/polls/{poll_id}/votes")
def list_votes(poll_id: int, db: Session = Depends(get_db)):
    return {"items": [row(v) for v in db.scalars(select(Vote).where(Vote.poll_id == poll_id))]}


@shared.get("/payments/{id}")
def read_payment(id: int, db: Session = Depends(get_db)):
    return row(found(db, Payment, id))


@shared.post("/carts", status_code=201)
def create_cart(db: Session = Depends(get_db)):
    c = Cart()
    db.add(c)
    db.commit()
    return row(c)


@shared.get("/carts/{cart_id}")
def read_cart(cart_id: int, db: Session = Depends(get_db)):
    return row(found(db, Cart, cart_id))


@shared.get("/pages/{id}")
def read_page(id: str, db: Session = Depends(get_db)):
    return row(found(db, Page, id))


@shared.post("/secrets", status_code=201)
def create_secret(db: Session = Depends(get_db)):
    s = Secret(value=secrets.token_hex(8))
    db.add(s)
    db.commit()
    return {"id": s.id}


@shared.get("/secrets/{secret_id}")
def read_secret(secret_id: int, db: Session = Depends(get_db)):
    return {"id": secret_id, "revealed": found(db, Secret, secret_id).revealed}


@shared.put("/profiles/{id}")
def put_profile(id: int, theme: str = Form("dark"), db: Session = Depends(get_db)):
    """Sound in both forms: an idempotent PUT."""
    p = found(db, Profile, id)
    p.theme = theme
    db.commit()
    return {"theme": theme}


@shared.get("/vouchers/{code}")
def read_voucher(code: str, db: Session = Depends(get_db)):
    v = db.scalar(select(Voucher).where(Voucher.code == code))
    if v is None:
        raise HTTPException(404)
    return row(v)


recent: deque[float] = deque(maxlen=8)
turnstile = threading.Lock()


def throttle():
    """Lets eight calls in 150 ms through in each process, as a limiter in front of a busy gate does."""
    with turnstile:
        now = time.monotonic()
        if len(recent) == recent.maxlen and now - recent[0] < 0.15:
            raise HTTPException(429, "slow down", {"Retry-After": "1"})
        recent.append(now)


oauth = OAuth2PasswordBearer(tokenUrl="token")


@shared.post("/signup", status_code=201)
def signup(data: SignupIn, db: Session = Depends(get_db)):
    u = User(username=data.username, password=data.password)
    db.add(u)
    db.commit()
    return row(u)


@shared.post("/token")
def token(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_db)):
    u = db.scalar(select(User).where(User.username == form.username))
    if u is None or u.password != form.password:
        raise HTTPException(400, "wrong username or password")
    u.token = secrets.token_urlsafe(24)
    db.commit()
    return {"access_token": u.token, "token_type": "bearer"}


def current_user(token: str = Depends(oauth), db: Session = Depends(get_db)) -> User:
    u = db.scalar(select(User).where(User.token == token))
    if u is None:
        raise HTTPException(401, "who are you?")
    return u


@shared.get("/me")
def me(user: User = Depends(current_user)):
    return row(user)


def application(*routers) -> FastAPI:
    app = FastAPI(title="Laboratory")
    app.include_router(shared)
    for r in routers:
        app.include_router(r)
    return app
