/* SPDX-License-Identifier: BSD-2-Clause */
#include "sched/queue.h"

#ifdef QUEUE_COUNT_VISITS
uint64_t queue_visits;
#define VISIT() (queue_visits++)
#else
#define VISIT() ((void)0)
#endif

static bool before(const struct queue_node *a, const struct queue_node *b)
{
	return a->key != b->key ? a->key < b->key : a->id < b->id;
}

static uint32_t reachable(const struct queue_node *n)
{
	return n ? n->reachable : 0;
}

static uint32_t summary(const struct queue_node *n)
{
	return n->traits | reachable(n->child[0]) | reachable(n->child[1]);
}

/* The traits of `n`'s subtree after a node below it has gone: at least its own, mostly no more. */
static inline uint32_t shrunk(const struct queue_node *n)
{
	return n->reachable == n->traits ? n->traits : summary(n);
}

static void raise_all(struct queue_node *n, uint64_t by)
{
	if (n) {
		n->key += by;
		n->raise += by;
	}
}

/*
 * What is to be added below `n` goes down a level: `n` is settled. A key is right if all nodes
 * above it are settled. A node that gets another below it is settled at that moment. The first, the
 * last and all nodes above them are always settled.
 */
static inline void settle(struct queue_node *n)
{
	if (__builtin_expect(n->raise != 0, false)) {
		raise_all(n->child[0], n->raise);
		raise_all(n->child[1], n->raise);
		n->raise = 0;
	}
}

/* `to` (or nothing) takes the place of `n` under `parent`, or as the root. */
static inline void replace(struct queue *q, struct queue_node *parent, const struct queue_node *n,
			   struct queue_node *to)
{
	if (!parent)
		q->root = to;
	else
		parent->child[parent->child[1] == n] = to;
	if (to)
		to->parent = parent;
}

/*
 * n's child on side `d` takes its place, and n becomes its child on the other side. n is settled.
 */
static void rotate(struct queue *q, struct queue_node *n, unsigned d)
{
	struct queue_node *top = n->child[d], *middle = top->child[!d];

	VISIT();
	settle(top);
	replace(q, n->parent, n, top);
	top->child[!d] = n;
	n->parent = top;
	n->child[d] = middle;
	if (middle)
		middle->parent = n;
	top->reachable = n->reachable;
	n->reachable = shrunk(n);
}

/* The node after `n` on side `d`, where `n` is the queue's last on the other. */
static struct queue_node *neighbour(const struct queue_node *n, unsigned d)
{
	struct queue_node *next = n->child[d];

	if (!next)
		return n->parent;
	for (;; next = next->child[!d]) {
		VISIT();
		settle(next);
		if (!next->child[!d])
			return next;
	}
}

/* Weyl's sequence, scrambled (Knuth's multiplier): equidistributed, and hidden from guests. */
static uint32_t draw(struct queue *q)
{
	uint32_t r = q->random += 0x9e3779b9u;

	r = (r ^ r >> 16) * 0x85ebca6bu;
	return r ^ r >> 13;
}

/* `up` and all nodes above it now have a node with these traits below them. */
static inline void spread(struct queue_node *up, uint32_t traits)
{
	for (; up && (traits & ~up->reachable); up = up->parent) {
		VISIT();
		up->reachable |= traits;
	}
}

/*
 * Insert `n` behind the last, where a vCPU that has just run mostly goes. All nodes above the last
 * are settled. `n` comes between those that have a higher rank and the others, which are then
 * before it, so no rotation is needed.
 */
static inline void append(struct queue *q, struct queue_node *n)
{
	struct queue_node *up = q->last, *below = NULL;

	for (; up && up->rank < n->rank; up = up->parent) {
		VISIT();
		below = up;
	}
	n->parent = up;
	if (up)
		up->child[1] = n;
	else
		q->root = n;
	n->child[0] = below;
	if (below) {
		below->parent = n;
		n->reachable |= below->reachable;
	}
	spread(up, n->traits);
	q->last = n;
}

/* Where to hang `n`, which is before the last: a settled node, and the side. */
static struct queue_node *find_place(struct queue *q, struct queue_node *n, unsigned *side)
{
	struct queue_node *parent, *down = q->root;

	do {
		VISIT();
		parent = down;
		settle(parent);
		*side = before(parent, n);
		down = parent->child[*side];
	} while (down);
	if (!*side && parent == q->first)
		q->first = n;
	return parent;
}

void queue_insert(struct queue *q, struct queue_node *n)
{
	struct queue_node *parent;
	unsigned side;

	n->child[0] = n->child[1] = NULL;
	n->raise = 0;
	n->reachable = n->traits;
	n->queued = true;
	if (!q->root) {
		n->parent = NULL;
		q->root = q->first = q->last = n;
		return;
	}
	n->rank = draw(q); /* a node alone keeps its old rank, which is as random */
	if (!before(n, q->last)) {
		append(q, n);
		return;
	}
	parent = find_place(q, n, &side);
	n->parent = parent;
	parent->child[side] = n;
	spread(parent, n->traits);
	while ((parent = n->parent) && parent->rank < n->rank)
		rotate(q, parent, parent->child[1] == n);
}

void queue_remove(struct queue *q, struct queue_node *n)
{
	struct queue_node *up, *l, *r;

	if (q->first != n && q->last != n) {
		for (up = n->parent; up; up = up->parent) {
			VISIT();
			n->key += up->raise;
		}
		settle(n);
	}
	if (q->first == n)
		q->first = neighbour(n, 1);
	if (q->last == n)
		q->last = neighbour(n, 0);
	n->queued = false;
	/* Rotate it down until it has at most one child, which takes its place. */
	while ((l = n->child[0]) && (r = n->child[1]))
		rotate(q, n, r->rank > l->rank);
	up = n->parent;
	replace(q, up, n, n->child[0] ? n->child[0] : n->child[1]);
	for (; up; up = up->parent) {
		uint32_t now = shrunk(up);

		VISIT();
		if (now == up->reachable)
			break;
		up->reachable = now;
	}
}

struct queue_node *queue_first_allowed(struct queue *q, uint32_t mask)
{
	struct queue_node *n = q->first;

	if (!n || (n->traits & mask))
		return n;
	n = q->root;
	if (!(n->reachable & mask))
		return NULL;
	for (;;) {
		VISIT();
		settle(n);
		if (reachable(n->child[0]) & mask)
			n = n->child[0];
		else if (n->traits & mask)
			return n;
		else
			n = n->child[1];
	}
}

struct queue_node *queue_last_up_to(struct queue *q, uint64_t key)
{
	struct queue_node *last = NULL;

	for (struct queue_node *n = q->root; n;) {
		bool low = n->key <= key;

		VISIT();
		settle(n);
		if (low)
			last = n;
		n = n->child[low];
	}
	return last;
}

void queue_raise(struct queue *q, uint64_t key, uint64_t by)
{
	struct queue_node *n;

	for (n = q->root; n;) {
		bool low = n->key <= key;

		VISIT();
		settle(n);
		if (low) {
			n->key += by;
			raise_all(n->child[0], by);
		}
		n = n->child[low];
	}
	for (n = q->root; n; n = n->child[0]) {
		VISIT();
		settle(n);
	}
}
