package effects

import (
	"github.com/middlebrick/middlebrick/scanner/interleave"
)

// Redis, sync and async: every command is one atomic step on the latest value.

var keyValues = Library{
	Funcs: map[string]Model{"redis.from_url": redisClient, "redis.asyncio.from_url": redisClient, "redis.asyncio.Redis.from_url": redisClient, "redis.Redis.from_url": redisClient},
	Classes: map[string]string{
		"redis.Redis": "redis", "redis.asyncio.Redis": "redis", "redis.asyncio.client.Redis": "redis", "redis.StrictRedis": "redis", "aioredis.Redis": "redis", "redis.client.Redis": "redis",
		"redis pipeline": "redis pipeline",
	},
	Methods: map[string]map[string]Model{
		"redis": {
			"get": kvRead, "exists": kvRead, "hget": kvRead, "hgetall": kvRead, "sismember": kvRead, "scard": kvRead, "llen": kvRead, "ttl": kvRead, "zscore": kvRead, "mget": kvRead,
			"set": kvSet, "setex": kvWrite, "hset": kvWrite, "delete": kvDelete, "decr": kvStep, "decrby": kvStep, "incr": kvStep, "incrby": kvStep, "hincrby": kvStep,
			"setnx": kvClaim, "hsetnx": kvClaim, "sadd": kvClaim, "getdel": kvStep, "lpop": kvStep, "rpop": kvStep, "getset": kvStep, "eval": kvStep, "evalsha": kvStep,
			"lock": redisLock, "pipeline": redisPipeline,
		},
		"redis pipeline": {
			"get": kvRead, "exists": kvRead, "hget": kvRead, "set": kvSet, "setex": kvWrite, "hset": kvWrite, "delete": kvDelete,
			"decr": kvStep, "decrby": kvStep, "incr": kvStep, "incrby": kvStep, "hincrby": kvStep, "watch": kvWatch,
			"multi": func(*Call) *Value { return None }, "execute": func(*Call) *Value { return Opaque("results", nil) },
		},
	},
	Enter: map[string]func(*World, *Value) *Value{"redis": enterSession, "redis pipeline": enterSession},
	Exit:  map[string]func(*World, *Value, bool){"redis": func(*World, *Value, bool) {}, "redis pipeline": exitPipeline},
}

func redisClient(c *Call) *Value {
	o := c.NewObject()
	o.Qual = "redis.Redis"
	return &Value{Kind: ExtObject, Obj: o, Sym: "redis"}
}

func kvKey(c *Call) string {
	if len(c.Args) == 0 {
		return ""
	}
	if s, ok := c.Args[0].Str(); ok {
		return s
	}
	return c.Args[0].Sym
}

func kvOp(c *Call, k interleave.Kind, flags interleave.Flags) int {
	op := Op{}
	op.Kind, op.Flags = k, flags
	op.Res = interleave.Resource{Store: interleave.KeyValue, Name: "redis", Key: kvKey(c)}
	op.From = c.Deps().Ints()
	if k == interleave.Update || k == interleave.Insert {
		op.Set = []interleave.Assignment{{Column: "value", Relative: flags&interleave.Atomic != 0}}
	}
	if k == interleave.Insert {
		op.Unique = [][]string{{"key"}}
		op.Set = append(op.Set, interleave.Assignment{Column: "key", Value: op.Res.Key})
	}
	if w, ok := watched(c); ok {
		op.Version = w
	}
	return c.Emit(op)
}

func kvRead(c *Call) *Value {
	i := kvOp(c, interleave.Read, 0)
	v := Opaque("redis["+kvKey(c)+"]", Dep(i))
	v.Src = int32(i + 1)
	return v
}

func kvSet(c *Call) *Value {
	if c.True("nx") {
		return kvClaim(c)
	}
	return kvWrite(c)
}

func kvWrite(c *Call) *Value {
	kvOp(c, interleave.Update, 0)
	return None
}

func kvDelete(c *Call) *Value { return result("deleted", kvOp(c, interleave.Delete, 0)) }

// kvStep changes the latest value and returns what it gave, in one step.
func kvStep(c *Call) *Value {
	return result("redis step", kvOp(c, interleave.Update, interleave.Atomic))
}

// kvClaim creates the key unless it is there, and tells which.
func kvClaim(c *Call) *Value {
	return result("claimed", kvOp(c, interleave.Insert, interleave.OnConflictIgnore))
}

func redisLock(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Args = "redis.lock.Lock", c.Args
	return &Value{Kind: ExtObject, Obj: o, Sym: "lock"}
}

// pipeline is the state of a pipeline object: the keys it watches.
type pipeline struct{ watches string }

func redisPipeline(c *Call) *Value {
	o := c.NewObject()
	o.Qual, o.Extra = "redis pipeline", &pipeline{}
	return &Value{Kind: ExtObject, Obj: o, Sym: "pipeline"}
}

func kvWatch(c *Call) *Value {
	if p, ok := c.Recv.Obj.Extra.(*pipeline); ok {
		p.watches = "watched"
	}
	return None
}

func watched(c *Call) (string, bool) {
	p, ok := c.Recv.Obj.Extra.(*pipeline)
	return "watched", ok && p.watches != ""
}

func exitPipeline(*World, *Value, bool) {}
