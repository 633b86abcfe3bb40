package schema

import (
	"strings"
	"testing"
)

func TestEngine(t *testing.T) {
	for _, c := range []struct{ name, project, want string }{
		{"literal", `
-- db.py --
from sqlalchemy import create_engine as make
engine = make("mysql+pymysql://u:p@h/db", isolation_level="READ COMMITTED")
`, "mysql/pymysql READ COMMITTED known"},
		{"settings default, f-string, imported object", `
-- app/config.py --
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    USER: str = "u"
    HOST: str
    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{self.USER}:{self.HOST}/db"
def get_settings() -> Settings:
    return Settings()
settings = get_settings()
-- app/db.py --
from sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker
from app.config import settings
engine = create_async_engine(settings.url, echo=True)
Session = async_sessionmaker(engine, expire_on_commit=False)
`, "postgresql/asyncpg known keep"},
		{"field of PostgresDsn, built in a validator", `
-- config.py --
from pydantic import PostgresDsn, field_validator
from pydantic_settings import BaseSettings
class Settings(BaseSettings):
    db_uri: str | None = None
    @field_validator("db_uri", mode="before")
    @classmethod
    def assemble(cls, v, info):
        return PostgresDsn.build(scheme="postgresql+psycopg", host="x")
settings = Settings()
-- db.py --
from sqlmodel import create_engine
import config
engine = create_engine(str(config.settings.db_uri))
`, "postgresql/psycopg known"},
		{"environment default gives way to the compose file", `
-- db.py --
import os
from sqlalchemy import create_engine
URL = os.getenv("DATABASE_URL", "sqlite:///./dev.db")
engine = create_engine(URL)
-- docker-compose.yml --
services:
  web:
    build: .
    environment:
      - DATABASE_URL=postgresql://${DB_USER:-app}:x@db/app
  db:
    image: postgres:16
`, "postgresql known"},
		{"settings with a prefix", `
-- db.py --
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import create_engine
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="shop_")
    dsn: str = "sqlite:///x.db"
settings = Settings()
engine = create_engine(settings.dsn)
-- .env --
export SHOP_DSN='mysql+pymysql://u:p@h/db'
`, "mysql/pymysql known"},
		{"SQLite by default, a server driver installed", `
-- db.py --
import os
from sqlalchemy import create_engine
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite:///./dev.db"))
-- requirements.txt --
psycopg2-binary==2.9.9
`, "postgresql/psycopg2"},
		{"SQLite and nothing else", `
-- db.py --
import os
from sqlalchemy import create_engine
engine = create_engine(os.environ.get("DATABASE_URL", "sqlite+aiosqlite:///./dev.db"))
`, "sqlite/aiosqlite known"},
		{"SQLite begins at once", `
-- db.py --
from sqlalchemy import create_engine, event
engine = create_engine("sqlite:///x.db")
@event.listens_for(engine, "connect")
def connected(dbapi, record):
    dbapi.isolation_level = None
@event.listens_for(engine, "begin")
def begun(conn):
    conn.exec_driver_sql("BEGIN IMMEDIATE")
`, "sqlite IMMEDIATE known immediate"},
		{"SQLite begins by a function registered apart", `
-- db.py --
from sqlalchemy import create_engine, event
engine = create_engine("sqlite:///x.db")
def begun(conn):
    conn.exec_driver_sql("BEGIN")
event.listen(engine, "begin", begun)
`, "sqlite DEFERRED known deferred"},
		{"autocommit", `
-- db.py --
from sqlalchemy import create_engine
engine = create_engine("postgresql://h/db", execution_options={"isolation_level": "AUTOCOMMIT"})
`, "postgresql autocommit AUTOCOMMIT known"},
		{"one engine for locks commits by itself", `
-- db.py --
from sqlalchemy import create_engine
engine = create_engine("postgresql://h/db")
locks = create_engine("postgresql://h/db", isolation_level="AUTOCOMMIT")
`, "postgresql known"},
		{"one engine for replicas, the other of no known URL", `
-- db.py --
from sqlalchemy import create_engine
from somewhere import settings
engine = create_engine(settings.url)
replica = create_engine("postgresql://h/db", isolation_level="AUTOCOMMIT" if settings.fast else None)
`, "postgresql known"},
		{"level in connect_args", `
-- db.py --
from sqlalchemy import create_engine
engine = create_engine("postgresql://h/db", connect_args={"options": "-c default_transaction_isolation=repeatable\\ read"})
`, "postgresql REPEATABLE READ known"},
		{"a level of create_engine opens no SQLite transaction", `
-- db.py --
from sqlalchemy import create_engine
engine = create_engine("sqlite:///x.db", isolation_level="SERIALIZABLE")
`, "sqlite known"},
		{"URL.create", `
-- db.py --
from sqlalchemy import URL, create_engine
url = URL.create(drivername="mariadb+mariadbconnector", host="h")
engine = create_engine(url)
`, "mariadb/mariadbconnector known"},
		{"asyncpg alone", `
-- db.py --
import asyncpg
async def connect():
    return await asyncpg.create_pool(dsn="x")
`, "postgresql/asyncpg known"},
		{"Tortoise", `
-- db.py --
from tortoise.contrib.fastapi import register_tortoise
CONFIG = {"connections": {"default": {"engine": "tortoise.backends.asyncpg", "credentials": {}}}}
register_tortoise(object(), config=CONFIG)
`, "postgresql/asyncpg known"},
		{"Tortoise by URL", `
-- db.py --
from tortoise import Tortoise
async def start():
    await Tortoise.init(db_url="mysql://u@h/db", modules={})
`, "mysql known"},
		{"Django beside another tool's SQLite", `
-- site/settings.py --
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "x"}}
-- telemetry.py --
import sqlite3
sqlite3.connect("t.db")
`, "postgresql autocommit known"},
		{"tests do not decide", `
-- tests/conftest.py --
from sqlalchemy import create_engine
engine = create_engine("sqlite://")
`, "unknown"},
		{"only a driver is known", `
-- pyproject.toml --
[project]
dependencies = ["asyncpg>=0.29"]
`, "postgresql/asyncpg"},
		{"only dialect types are known", `
-- models.py --
from sqlalchemy.dialects.postgresql import JSONB
`, "postgresql"},
		{"SQLite in memory for a look by hand, a server for the application", `
-- db.py --
import os
from sqlalchemy import create_engine
URL = os.getenv("DATABASE_URL", f"postgresql://{os.getenv('DB_USER')}@localhost/app")
engine = create_engine(URL)
-- recount.py --
from sqlalchemy import create_engine
def rehearse():
    return create_engine("sqlite:///:memory:")
`, "postgresql known"},
		{"SQLite in memory and nothing else", `
-- db.py --
from sqlalchemy import create_engine
engine = create_engine("sqlite://")
`, "sqlite known"},
		{"alembic.ini", `
-- alembic.ini --
[alembic]
sqlalchemy.url = postgresql+psycopg2://u:p@h/db
`, "postgresql/psycopg2 known"},
		{"tables and nothing else", "\n-- a.py --\nSQL = 'CREATE TABLE t (id int primary key)'\n", "unknown"},
	} {
		s := load(t, c.project)
		e := s.Engine
		got := e.Name
		if got == "" {
			got = "unknown"
		}
		if e.Driver != "" {
			got += "/" + e.Driver
		}
		for _, part := range []struct {
			on   bool
			text string
		}{{e.Autocommit, "autocommit"}, {e.Isolation != "", e.Isolation}, {e.Known, "known"}, {!e.ExpireOnCommit, "keep"},
			{e.SQLiteBegin == DeferredBegin, "deferred"}, {e.SQLiteBegin == ImmediateBegin, "immediate"}} {
			if part.on {
				got += " " + part.text
			}
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q (%s)", c.name, got, c.want, e.Why)
		}
		if e.Why == "" {
			t.Errorf("%s: no reason given", c.name)
		}
		if e.Name == "" && !strings.Contains(strings.Join(s.Assumptions, " "), "PostgreSQL at READ COMMITTED") {
			t.Errorf("%s: the assumption is not stated: %v", c.name, s.Assumptions)
		}
	}
}

func TestSessionsWithoutFactory(t *testing.T) {
	s := load(t, "\n-- a.py --\nfrom sqlalchemy.ext.asyncio import AsyncSession\ndef make(e):\n    return AsyncSession(e, expire_on_commit=False)\n")
	if s.Engine.ExpireOnCommit {
		t.Error("the only session of the project keeps its objects")
	}
}

func TestGuessIsSaid(t *testing.T) {
	s := load(t, "\n-- requirements.txt --\naiomysql==0.2\n")
	if s.Engine.Known || !strings.Contains(strings.Join(s.Assumptions, " "), "mysql is a guess") {
		t.Errorf("got %+v, %v", s.Engine, s.Assumptions)
	}
}

func TestNoDatabaseNothingAssumed(t *testing.T) {
	s := load(t, "\n-- a.py --\nx = 1\n")
	if s.Engine.Known || s.Engine.Name != "" || strings.Contains(strings.Join(s.Assumptions, " "), "PostgreSQL") {
		t.Errorf("got %+v, %v", s.Engine, s.Assumptions)
	}
}

func TestWorkers(t *testing.T) {
	for _, c := range []struct {
		name, project string
		count         int
		several       bool
		known         bool
	}{
		{"Dockerfile, exec form over lines", "\n-- Dockerfile --\nFROM python:3.13\nCMD [\"uvicorn\", \"app.main:app\", \\\n  \"--workers\", \"4\"]\n", 4, true, true},
		{"Dockerfile, no option", "\n-- Dockerfile --\nCMD uvicorn app.main:app --host 0.0.0.0\n", 1, false, false},
		{"gunicorn -w with a default", "\n-- Procfile --\nweb: gunicorn app:app -k uvicorn.workers.UvicornWorker -w ${WORKERS:-3}\nworker: celery -A x worker -w 9\n", 3, true, true},
		{"one worker, said aloud", "\n-- Procfile --\nweb: uvicorn app:app --workers 1\n", 1, false, true},
		{"WEB_CONCURRENCY", "\n-- .env --\nWEB_CONCURRENCY=2 # cores\n", 2, true, true},
		{"a development server says nothing", "\n-- Procfile --\nweb: uvicorn app:app --reload\n", 0, false, false},
		{"compose replicas of the application", `
-- compose.yaml --
x-app: &app
  build: .
  deploy: {replicas: 3}
services:
  web:
    <<: *app
  db:
    image: postgres
    deploy: {replicas: 5}
`, 3, true, true},
		{"uvicorn.run", "\n-- main.py --\nimport uvicorn\nuvicorn.run('main:app', workers=6)\n", 6, true, true},
		{"gunicorn.conf.py", "\n-- gunicorn.conf.py --\nimport multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n", 0, true, true},
		{"base image", "\n-- Dockerfile --\nFROM tiangolo/uvicorn-gunicorn-fastapi:python3.11\n", 0, true, true},
		{"start script", "\n-- start.sh --\n#!/bin/sh\n# uvicorn --workers 9\nexec gunicorn -w 2 app:app\n", 2, true, true},
		{"tests do not decide", "\n-- tests/docker-compose.yml --\nservices: {web: {build: ., command: uvicorn a --workers 8}}\n", 0, false, false},
	} {
		w := load(t, c.project).Workers
		if w.Count != c.count || w.Several != c.several || w.Known != c.known {
			t.Errorf("%s: got %+v", c.name, w)
		}
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct{ name, project, pinned, minimum string }{
		{"lock over requirement", "\n-- pyproject.toml --\n[project]\ndependencies = [\"fastapi[standard]>=0.110,<1\"]\n-- uv.lock --\nversion = 1\n[[package]]\nname = \"fastapi\"\nversion = \"0.115.6\"\n", "0.115.6", "0.110"},
		{"requirements", "\n-- requirements.txt --\n# web\nFastAPI[all]==0.95.1 ; python_version > '3.8' --hash=sha256:1\n", "0.95.1", ""},
		{"poetry, exact and caret", "\n-- pyproject.toml --\n[tool.poetry.dependencies]\npython = \"^3.12\"\nfastapi = {version = \"0.101.0\", extras = [\"all\"]}\n", "0.101.0", ""},
		{"poetry caret", "\n-- pyproject.toml --\n[tool.poetry.dependencies]\nfastapi = \"^0.101\"\n", "", "0.101"},
		{"Pipfile.lock", "\n-- Pipfile.lock --\n{\"default\": {\"fastapi\": {\"version\": \"==0.99.0\"}}}\n", "0.99.0", ""},
		{"production over development requirements", "\n-- requirements-dev.txt --\nfastapi==0.1.0\n-- requirements.txt --\nfastapi==0.2.0\n", "0.2.0", ""},
		{"wildcard is a bound", "\n-- requirements.txt --\nfastapi==0.115.*\n", "", "0.115"},
		{"setup.cfg", "\n-- setup.cfg --\n[options]\ninstall_requires =\n    fastapi==0.88.0\n", "0.88.0", ""},
	} {
		s := load(t, c.project)
		if s.Versions["fastapi"] != c.pinned || s.Minimum["fastapi"] != c.minimum {
			t.Errorf("%s: pinned %q, minimum %q", c.name, s.Versions["fastapi"], s.Minimum["fastapi"])
		}
	}
}

func TestSessions(t *testing.T) {
	s := load(t, `
-- db.py --
import requests
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
engine = create_engine("postgresql://h/d")
OPTIONS = {"expire_on_commit": False, "autoflush": False}
Local = sessionmaker(bind=engine, **OPTIONS)
Other = sessionmaker(engine)

def get():
    with Session(engine, expire_on_commit=False) as s:
        yield s

http = requests.Session()
`)
	var kept, all int
	for _, x := range s.Sessions {
		all++
		if !x.ExpireOnCommit {
			kept++
		}
	}
	if all != 3 || kept != 2 {
		t.Errorf("%d sessions, %d of them keep their objects; want 3 and 2", all, kept)
	}
	if !s.Engine.ExpireOnCommit {
		t.Error("one factory expires: the engine must say so")
	}
}
