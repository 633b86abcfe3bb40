package effects

import "strings"

// Canonical maps the many places from which a library's name can be imported to one.
func Canonical(qual string) string {
	switch Root(qual) {
	case "sqlalchemy", "sqlmodel":
		if i := strings.Index(qual, "func."); i >= 0 {
			return "sqlalchemy.func." + qual[i+len("func."):]
		}
		return "sqlalchemy." + Last(qual)
	case "starlette":
		return "fastapi." + strings.TrimPrefix(qual, "starlette.")
	case "redis", "aioredis", "fakeredis", "valkey", "coredis":
		return canonicalRedis(qual)
	case "beanie", "django":
		return canonicalRecord(qual)
	case "async_fastapi_jwt_auth", "fastapi_async_sqlalchemy":
		return qual
	}
	return qual
}

// CacheDecorator names the cache behind a decorator, "" when it is none.
func CacheDecorator(qual string) string {
	root, last := Root(qual), Last(qual)
	switch {
	case qual == "functools.lru_cache" || qual == "functools.cache" || qual == "functools.cached_property":
		return "functools." + last
	case root == "cachetools" && last != "keys":
		return "cachetools." + last
	case root == "aiocache", root == "fastapi_cache", root == "async_lru", root == "cashews", root == "aiocached", root == "cachier", root == "asyncache", root == "diskcache", root == "joblib":
		return root + "." + last
	case root == "?" && (last == "memoize" || last == "cached" || last == "cache"):
		return last
	}
	return ""
}
