package program

import (
	"strings"

	"github.com/middlebrick/middlebrick/scanner/python"
)

// library tells whether a top-level name is that of the standard library or of a library so common that a file of the same name
// deep in a project does not stand for it.
func library(name string) bool { return libraries[name] }

var libraries = set(`
abc argparse array ast asyncio base64 bisect builtins calendar code codecs collections concurrent configparser contextlib copy csv
ctypes dataclasses datetime decimal difflib dis email enum errno fcntl filecmp fileinput fnmatch fractions functools gc getpass
gettext glob graphlib gzip hashlib heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword linecache
locale logging mailbox math mimetypes multiprocessing numbers operator os pathlib pickle pkgutil platform plistlib posixpath pprint
profile pwd queue random re readline reprlib resource sched secrets select selectors shelve shlex shutil signal site smtplib socket
socketserver sqlite3 ssl stat statistics string struct subprocess symtable sys sysconfig syslog tarfile tempfile textwrap threading
time timeit token tokenize tomllib trace traceback tracemalloc types typing unicodedata unittest urllib uuid venv warnings wave
weakref webbrowser xml xmlrpc zipfile zipimport zlib zoneinfo
aiobotocore aiocache aiofiles aiohttp aiokafka aiomysql aiopg aioredis aiosqlite alembic anthropic anyio apscheduler arq asgi_lifespan
async_lru asyncpg attr attrs authlib azure babel bcrypt beanie blinker boto3 botocore bs4 cachetools celery certifi chromadb click
cryptography databases dateutil django dotenv dramatiq elasticsearch elasticapm fakeredis fastapi fastapi_cache fastapi_users
fastapi_utils filelock flask ftfy google gotrue grpc gunicorn h11 httpcore httpx huey hypercorn itsdangerous jinja2 joblib jose jsonschema jwt
kombu langchain langfuse limits logfire loguru lxml magic mangum marshmallow minio mongoengine motor msgpack multipart
mysql numpy openai opentelemetry orjson ormar pandas passlib peewee pendulum PIL piccolo pika pony posthog portalocker prometheus_client
prometheus_fastapi_instrumentator psutil psycopg psycopg2 pydantic pydantic_settings pymongo pymysql pypdf pytest pytz qdrant_client
redis redlock requests rich rq scipy sendgrid sentry_sdk simplejson sklearn slack_sdk slowapi snowflake socketio sqlalchemy
sqlmodel starlette stripe strawberry structlog supabase svcs taskiq taskiq_redis tenacity tiktoken toml torch tornado tortoise tqdm
transformers twilio typer typing_extensions ujson uvicorn uvloop watchfiles websockets werkzeug wtforms yaml
`)

// builtins are the names that every module sees.
var builtins = set(`
ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError BytesWarning
ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError DeprecationWarning EOFError Ellipsis
EncodingWarning EnvironmentError Exception ExceptionGroup False FileExistsError FileNotFoundError FloatingPointError FutureWarning
GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError IsADirectoryError KeyError KeyboardInterrupt
LookupError MemoryError ModuleNotFoundError NameError None NotADirectoryError NotImplemented NotImplementedError OSError OverflowError
PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError RecursionError ReferenceError ResourceWarning
RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError SyntaxWarning SystemError SystemExit TabError TimeoutError True
TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError
Warning ZeroDivisionError __build_class__ __debug__ __doc__ __import__ __loader__ __name__ __package__ __spec__ __file__ abs aiter all anext any ascii
bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir divmod enumerate eval exec
exit filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass iter len list locals
map max memoryview min next object oct open ord pow print property quit range repr reversed round set setattr slice sorted
staticmethod str sum super tuple type vars zip
`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

func emptyFile(dir string) *python.File { return &python.File{Path: dir} }
