/* SPDX-License-Identifier: BSD-2-Clause */
/* The run queue and the timer queue against a list, and the cost of each operation. */
#include "queue.h"
#include "tests/tap.h"

#include <string.h>

#define N 1024u

static struct queue_node nodes[N];
static struct queue q;
static uint64_t seed = 88172645463325252u;

static uint64_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static bool less(const struct queue_node *a, const struct queue_node *b)
{
	return a->key < b->key || (a->key == b->key && a->id < b->id);
}

/* The whole tree is what its definition says. Returns its height, or -1. */
static int sound(const struct queue_node *n, const struct queue_node *parent, unsigned *count)
{
	int l, r;
	uint8_t reach;

	if (!n)
		return 0;
	l = sound(n->child[0], n, count);
	r = sound(n->child[1], n, count);
	reach = n->affinity;
	for (int i = 0; i < 2; i++)
		if (n->child[i])
			reach |= n->child[i]->reachable;
	if (l < 0 || r < 0 || n->parent != parent || !n->queued || n->reachable != reach)
		return -1;
	if (parent && parent->rank < n->rank)
		return -1;
	if ((n->child[0] && !less(n->child[0], n)) || (n->child[1] && !less(n, n->child[1])))
		return -1;
	++*count;
	return (l > r ? l : r) + 1;
}

/* The first with a bit of `mask`, found by looking at all. */
static struct queue_node *first_of(unsigned n, uint8_t mask)
{
	struct queue_node *best = NULL;

	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && (nodes[i].affinity & mask) &&
		    (!best || less(&nodes[i], best)))
			best = &nodes[i];
	return best;
}

static bool same_as_list(unsigned n, unsigned queued)
{
	struct queue_node *last = NULL, *prev = NULL;
	unsigned count = 0;

	if (sound(q.root, NULL, &count) < 0 || count != queued)
		return false;
	if (q.first != first_of(n, 0xff))
		return false;
	for (uint8_t bit = 1; bit; bit = (uint8_t)(bit << 1))
		if (queue_first_allowed(&q, bit) != first_of(n, bit))
			return false;
	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && (!last || less(last, &nodes[i])))
			last = &nodes[i];
	if (q.last != last)
		return false;
	/* From the last back to the first, each once and in order. */
	for (struct queue_node *i = last; i; i = queue_prev(i)) {
		if (prev && !less(i, prev))
			return false;
		prev = i;
		queued--;
	}
	return !queued && prev == q.first;
}

static void fill(void)
{
	memset(&q, 0, sizeof(q));
	for (unsigned i = 0; i < N; i++)
		nodes[i] = (struct queue_node){.id = i};
}

static void put(unsigned i, uint64_t key, uint8_t affinity)
{
	nodes[i].key = key;
	nodes[i].affinity = affinity;
	queue_insert(&q, &nodes[i]);
}

static void random_operations(unsigned n, uint64_t keys)
{
	unsigned queued = 0, wrong = 0;

	fill();
	for (unsigned step = 0; step < 20000; step++) {
		unsigned i = (unsigned)(rnd() % n);

		if (nodes[i].queued) {
			queue_remove(&q, &nodes[i]);
			queued--;
		} else {
			put(i, rnd() % keys, (uint8_t)(1u << rnd() % 8 | (rnd() % 4 ? 0 : rnd())));
			queued++;
		}
		wrong += !same_as_list(n, queued);
	}
	tap_is_u64(wrong, 0, "%u nodes, %llu keys: as a list after every one of 20000 steps", n,
		   (unsigned long long)keys);
}

static unsigned log2_ceil(unsigned n)
{
	unsigned bits = 0;

	while ((1u << bits) < n)
		bits++;
	return bits;
}

static uint64_t worst, all;

static void visited_since(uint64_t before)
{
	uint64_t n = queue_visits - before;

	worst = n > worst ? n : worst;
	all += n;
}

/* How many nodes insert, remove and look-up touch, at most and on average; and a scheduler's turn. */
static void cost(unsigned n)
{
	unsigned bound = 6 * log2_ceil(n) + 6, mean = 2 * log2_ceil(n) + 2, steps = 20000;
	uint64_t before, turns = 0;

	fill();
	worst = all = 0;
	for (unsigned i = 0; i < n; i++)
		put(i, rnd(), (uint8_t)(1u << i % 8));
	for (unsigned step = 0; step < steps; step++) {
		unsigned i = (unsigned)(rnd() % n);

		before = queue_visits;
		queue_remove(&q, &nodes[i]);
		visited_since(before);
		before = queue_visits;
		/* Keys in order now and then: what makes a tree without balance a list. */
		put(i, step % 4096 < 2048 ? rnd() : UINT64_MAX / 2 + step, (uint8_t)(1u << i % 8));
		visited_since(before);
		before = queue_visits;
		queue_first_allowed(&q, (uint8_t)(1u << rnd() % 8));
		visited_since(before);
	}
	tap_ok(worst <= bound, "%u nodes: no operation looks at more than %u (%llu)", n, bound,
	       (unsigned long long)worst);
	tap_ok(all <= (uint64_t)mean * steps * 3, "%u nodes: nor at more than %u on average (%.2f)",
	       n, mean, (double)all / (steps * 3));

	fill();
	for (unsigned i = 0; i < n; i++)
		put(i, i, 0xff);
	before = queue_visits;
	for (; turns < 100000; turns++) {
		struct queue_node *first = queue_first_allowed(&q, 1);

		queue_remove(&q, first);
		put(first->id, turns + n, 0xff);
	}
	tap_ok(queue_visits - before <= 5 * turns,
	       "%u nodes: first out and in as last looks at %.2f on average", n,
	       (double)(queue_visits - before) / (double)turns);
}

int main(void)
{
	random_operations(1, 10);
	random_operations(7, 3);
	random_operations(64, 40);
	random_operations(64, UINT64_MAX);
	cost(2);
	cost(64);
	cost(N);
	return tap_done();
}
