/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef QUEUE_H
#define QUEUE_H

/*
 * A queue ordered by (key, id): a treap of nodes that are members of their owners, with both ends
 * at hand. No allocation, no recursion. Each node also has the union of the traits below it, so
 * that one walk down finds the first vCPU that may run on a CPU, however the vCPUs are pinned.
 *
 * A treap is a search tree by key and a heap by rank, which is drawn at random at each insertion.
 * So it is as deep as a tree of randomly ordered keys, O(log n), whatever keys the guests'
 * behaviour makes; no operation costs more. A scheduler mostly inserts behind the last and removes
 * the first. In a treap both touch a constant number of nodes, whatever n, and in an AVL tree they
 * do not.
 *
 * All keys up to a given key can be raised at once: an addition to a whole subtree is noted at its
 * root, and goes down a level when a walk passes. So the key of a queued node is right only when a
 * function has just returned the node, until the next queue_raise(). The keys of the first and the
 * last are always right, and that of a removed node is.
 *
 * Nothing here locks: the caller holds the lock that guards the queue.
 */
#include "types.h"

struct queue_node {
	struct queue_node *parent, *child[2]; /* 0: before, 1: after */
	uint64_t key;
	uint64_t raise;	    /* to be added to the keys of all nodes below it */
	uint32_t id;	    /* unique in a queue: orders equal keys */
	uint32_t rank;	    /* no node is above one of higher rank */
	uint32_t traits;    /* not zero; the owner defines their meaning */
	uint32_t reachable; /* union of the traits of the subtree */
	bool queued;
};

struct queue {
	struct queue_node *root, *first, *last;
	uint32_t random; /* any initial value */
};

/*
 * Insert `n`, which is in no queue. Its key, id and traits are set, and the caller leaves them
 * alone until it is removed.
 */
void queue_insert(struct queue *q, struct queue_node *n);
/* Remove `n`, which is in this queue. */
void queue_remove(struct queue *q, struct queue_node *n);
/* The first node whose traits have a bit in common with `mask`; NULL: none. */
struct queue_node *queue_first_allowed(struct queue *q, uint32_t mask);
/* The last node whose key is `key` or less; NULL: none. */
struct queue_node *queue_last_up_to(struct queue *q, uint64_t key);
/* Add `by` to all keys that are `key` or less. All other keys are above `key + by`. */
void queue_raise(struct queue *q, uint64_t key, uint64_t by);

#ifdef QUEUE_COUNT_VISITS
extern uint64_t queue_visits; /* nodes looked at so far, for the test of the bounds above */
#endif

#endif
