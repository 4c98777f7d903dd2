/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The queue that serves as run queue and timer queue: its results against a search of all nodes,
 * and the cost of each operation.
 */
#include "sched/queue.h"
#include "tests/tap.h"

#include <string.h>

#define N 1024u

static struct queue_node nodes[N];
static uint64_t model[N]; /* the keys as they should be */
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
	uint64_t ka = model[a->id], kb = model[b->id];

	return ka < kb || (ka == kb && a->id < b->id);
}

static const struct queue_node
	*in_order; /* the node before, while sound() walks the tree in order */

/*
 * Checks that the subtree of `n` meets the tree's definition; the nodes above it add `raise` to
 * each key. Returns its height, or -1.
 */
static int sound(const struct queue_node *n, const struct queue_node *parent, uint64_t raise,
		 unsigned *count)
{
	int l, r;
	uint32_t reach;

	if (!n)
		return 0;
	l = sound(n->child[0], n, raise + n->raise, count);
	if (in_order && !less(in_order, n))
		return -1;
	in_order = n;
	r = sound(n->child[1], n, raise + n->raise, count);
	reach = n->traits;
	for (int i = 0; i < 2; i++)
		if (n->child[i])
			reach |= n->child[i]->reachable;
	if (l < 0 || r < 0 || n->parent != parent || !n->queued || n->reachable != reach)
		return -1;
	if (parent && parent->rank < n->rank)
		return -1;
	if (n->key + raise != model[n->id])
		return -1;
	++*count;
	return (l > r ? l : r) + 1;
}

/* The first queued node with a bit of `mask`, by a search of all nodes. */
static struct queue_node *first_of(unsigned n, uint32_t mask)
{
	struct queue_node *best = NULL;

	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && (nodes[i].traits & mask) && (!best || less(&nodes[i], best)))
			best = &nodes[i];
	return best;
}

/* The last queued node whose key is at most `key`. */
static struct queue_node *last_up_to(unsigned n, uint64_t key)
{
	struct queue_node *best = NULL;

	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && model[i] <= key && (!best || less(best, &nodes[i])))
			best = &nodes[i];
	return best;
}

/* Whether the queue returned the expected node, with its true key in `key`. */
static bool found(const struct queue_node *n, const struct queue_node *expected)
{
	return n == expected && (!n || n->key == model[n->id]);
}

static bool tree_sound(unsigned queued)
{
	unsigned count = 0;

	for (const struct queue_node *n = q.first; n; n = n->parent)
		if (n->raise)
			return false;
	for (const struct queue_node *n = q.last; n; n = n->parent)
		if (n->raise)
			return false;
	in_order = NULL;
	return sound(q.root, NULL, 0, &count) >= 0 && count == queued;
}

static bool same_as_list(unsigned n, unsigned queued)
{
	uint64_t key = model[rnd() % n] - rnd() % 2;

	if (!tree_sound(queued))
		return false;
	if (!found(q.first, first_of(n, UINT32_MAX)) || !found(q.last, last_up_to(n, UINT64_MAX)))
		return false;
	for (uint32_t bit = 1; bit; bit <<= 1)
		if (rnd() % 8 == 0 && !found(queue_first_allowed(&q, bit), first_of(n, bit)))
			return false;
	if (rnd() % 4 == 0 && !found(queue_last_up_to(&q, key), last_up_to(n, key)))
		return false;
	/* The queries changed nothing. */
	return tree_sound(queued);
}

static void fill(void)
{
	memset(&q, 0, sizeof(q));
	for (unsigned i = 0; i < N; i++)
		nodes[i] = (struct queue_node){.id = i};
}

static void put(unsigned i, uint64_t key, uint32_t traits)
{
	nodes[i].key = model[i] = key;
	nodes[i].traits = traits;
	queue_insert(&q, &nodes[i]);
}

/* Raise all keys up to a random one, by no more than keeps the order of the nodes. */
static void raise_some(unsigned n)
{
	uint64_t key = rnd() % 8 ? model[rnd() % n] : rnd(), room, by;
	struct queue_node *next = NULL;

	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && model[i] > key && (!next || less(&nodes[i], next)))
			next = &nodes[i];
	room = next ? model[next->id] - key : UINT64_MAX / 4 > key ? 1000 : 1;
	by = rnd() % 2 ? room - 1 : rnd() % room;
	queue_raise(&q, key, by);
	for (unsigned i = 0; i < n; i++)
		if (nodes[i].queued && model[i] <= key)
			model[i] += by;
}

static void random_operations(unsigned n, uint64_t keys)
{
	unsigned queued = 0, wrong = 0, raises = 0;

	fill();
	for (unsigned step = 0; step < 20000; step++) {
		unsigned i = (unsigned)(rnd() % n);

		if (rnd() % 3 == 0) {
			raise_some(n);
			raises++;
		} else if (nodes[i].queued) {
			queue_remove(&q, &nodes[i]);
			wrong += nodes[i].key != model[i];
			queued--;
		} else {
			put(i, rnd() % keys, 1u << rnd() % 22 | (rnd() % 4 ? 0 : (uint32_t)rnd()));
			queued++;
		}
		wrong += !same_as_list(n, queued);
	}
	tap_is_u64(
		wrong, 0,
		"%u nodes, %llu keys: the queue agrees with a search of all nodes after each of 20000 steps, %u of them raises",
		n, (unsigned long long)keys, raises);
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

/*
 * How many nodes each operation visits, at most and on average; and how many a turn of the
 * scheduler visits.
 */
static void cost(unsigned n)
{
	unsigned bound = 6 * log2_ceil(n) + 6, mean = 2 * log2_ceil(n) + 2, steps = 20000;
	uint64_t before, turns = 0;

	fill();
	worst = all = 0;
	for (unsigned i = 0; i < n; i++)
		put(i, rnd(), 1u << i % 8);
	for (unsigned step = 0; step < steps; step++) {
		unsigned i = (unsigned)(rnd() % n);

		before = queue_visits;
		queue_remove(&q, &nodes[i]);
		visited_since(before);
		before = queue_visits;
		/*
		 * Half of the steps insert ascending keys, which make a list of an unbalanced tree.
		 */
		put(i, step % 4096 < 2048 ? rnd() : UINT64_MAX / 2 + step, 1u << i % 8);
		visited_since(before);
		before = queue_visits;
		queue_first_allowed(&q, 1u << rnd() % 8);
		visited_since(before);
		before = queue_visits;
		queue_last_up_to(&q, rnd());
		visited_since(before);
		before = queue_visits;
		queue_raise(&q, rnd(), 1);
		visited_since(before);
	}
	tap_ok(worst <= bound, "%u nodes: no operation visits more than %u nodes (most %llu)", n,
	       bound, (unsigned long long)worst);
	tap_ok(all <= (uint64_t)mean * steps * 5,
	       "%u nodes: an operation visits at most %u nodes on average (%.2f)", n, mean,
	       (double)all / (steps * 5));

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
	       "%u nodes: to move the first node to the end visits at most 5 nodes on average (%.2f)",
	       n, (double)(queue_visits - before) / (double)turns);
}

int main(void)
{
	random_operations(1, 10);
	random_operations(7, 3);
	random_operations(64, 40);
	random_operations(64, 100000);
	random_operations(64, UINT64_MAX / 2);
	cost(2);
	cost(64);
	cost(1000);
	cost(N);
	return tap_done();
}
