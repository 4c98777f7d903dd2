/* SPDX-License-Identifier: BSD-2-Clause */
#include "queue.h"

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

static unsigned height(const struct queue_node *n)
{
	return n ? n->height : 0;
}

static uint8_t reachable(const struct queue_node *n)
{
	return n ? n->reachable : 0;
}

/* What a node knows about its subtree, from its children. */
static void summarize(struct queue_node *n)
{
	const struct queue_node *l = n->child[0], *r = n->child[1];
	unsigned hl = height(l), hr = height(r);

	n->height = (uint8_t)(1 + (hl > hr ? hl : hr));
	n->reachable = (uint8_t)(n->affinity | reachable(l) | reachable(r));
}

/* `to` (or nothing) takes the place of `n` under `parent`, or as the root. */
static void replace(struct queue *q, struct queue_node *parent, struct queue_node *n,
		    struct queue_node *to)
{
	if (!parent)
		q->root = to;
	else
		parent->child[parent->child[1] == n] = to;
	if (to)
		to->parent = parent;
}

/* n's child on side `d` takes its place, and n becomes its child on the other side. */
static struct queue_node *rotate(struct queue *q, struct queue_node *n, unsigned d)
{
	struct queue_node *top = n->child[d], *middle = top->child[!d];

	replace(q, n->parent, n, top);
	top->child[!d] = n;
	n->parent = top;
	n->child[d] = middle;
	if (middle)
		middle->parent = n;
	summarize(n);
	summarize(top);
	return top;
}

/*
 * A subtree of `n` has changed: balance and summarize from here up, as far as anything changes. The
 * heights of a node's subtrees differ by at most 1, but for the one change, by which it may be 2.
 */
static void fix(struct queue *q, struct queue_node *n)
{
	while (n) {
		unsigned old_height = n->height, old_reachable = n->reachable;
		unsigned hl = height(n->child[0]), hr = height(n->child[1]);

		VISIT();
		if (hl > hr + 1 || hr > hl + 1) {
			unsigned d = hr > hl;
			struct queue_node *tall = n->child[d];

			if (height(tall->child[!d]) > height(tall->child[d]))
				rotate(q, tall, !d);
			n = rotate(q, n, d);
		} else {
			summarize(n);
		}
		if (n->height == old_height && n->reachable == old_reachable)
			return;
		n = n->parent;
	}
}

/* The node after `n` on side `d`. */
static struct queue_node *neighbour(const struct queue_node *n, unsigned d)
{
	struct queue_node *next = n->child[d];

	if (next) {
		for (; next->child[!d]; next = next->child[!d])
			VISIT();
		return next;
	}
	next = n->parent;
	for (; next && next->child[d] == n; next = n->parent) {
		VISIT();
		n = next;
	}
	return next;
}

struct queue_node *queue_prev(const struct queue_node *n)
{
	return neighbour(n, 0);
}

void queue_insert(struct queue *q, struct queue_node *n)
{
	struct queue_node *parent = q->last;
	unsigned side = 1;

	/* Who has just run mostly goes behind all others. */
	if (parent && before(n, parent)) {
		struct queue_node *down = q->root;

		do {
			VISIT();
			parent = down;
			side = before(parent, n);
			down = parent->child[side];
		} while (down);
		if (!side && parent == q->first)
			q->first = n;
	} else {
		q->last = n;
		if (!parent)
			q->first = n;
	}
	n->parent = parent;
	n->child[0] = n->child[1] = NULL;
	n->height = 1;
	n->reachable = n->affinity;
	n->queued = true;
	if (!parent) {
		q->root = n;
		return;
	}
	parent->child[side] = n;
	fix(q, parent);
}

void queue_remove(struct queue *q, struct queue_node *n)
{
	struct queue_node *l = n->child[0], *r = n->child[1], *parent = n->parent;

	if (q->first == n)
		q->first = neighbour(n, 1);
	if (q->last == n)
		q->last = neighbour(n, 0);
	n->queued = false;
	if (!l || !r) {
		replace(q, parent, n, l ? l : r);
		fix(q, parent);
		return;
	}

	/* The next node, which has no child before it, takes the place of `n`. */
	struct queue_node *next = neighbour(n, 1);
	struct queue_node *from = next->parent == n ? next : next->parent;

	if (from != next) {
		replace(q, from, next, next->child[1]);
		next->child[1] = r;
		r->parent = next;
	}
	next->child[0] = l;
	l->parent = next;
	replace(q, parent, n, next);
	next->height = n->height;
	next->reachable = n->reachable;
	fix(q, from);
	/* fix() may have stopped below `next`, whose own affinity is not that of `n`. */
	if (from != next)
		fix(q, next);
}

struct queue_node *queue_first_allowed(const struct queue *q, uint8_t mask)
{
	struct queue_node *n = q->first;

	if (!n || (n->affinity & mask))
		return n;
	n = q->root;
	if (!(n->reachable & mask))
		return NULL;
	for (;;) {
		VISIT();
		if (reachable(n->child[0]) & mask)
			n = n->child[0];
		else if (n->affinity & mask)
			return n;
		else
			n = n->child[1];
	}
}
