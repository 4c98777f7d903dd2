/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef QUEUE_H
#define QUEUE_H

/*
 * A queue ordered by (key, id): a treap of nodes that live in their owners, with both ends at hand.
 * No allocation, no recursion. Each node also knows the union of the traits below it, so that "the
 * first that may run on this CPU" takes one walk down, however the vCPUs are pinned.
 *
 * A treap is a search tree by key and a heap by rank, which is drawn at random at each insertion:
 * so it is as deep as a tree of randomly ordered keys, O(log n), whatever keys the guests'
 * behaviour makes; all operations cost that at most. Insert behind the last and remove of the
 * first, which is what a scheduler mostly does, touch a constant number of nodes, whatever n: that
 * is why it is no AVL tree.
 *
 * All keys up to some key can be raised at once: an addition to a whole subtree is noted at its
 * root, and goes down a level when somebody comes by. So the key of a queued node is right only
 * when the node has been asked for (first and last: always), until the next queue_raise(); that of
 * a removed one is right.
 *
 * Nothing here locks: the caller holds the lock that guards the queue.
 */
#include "types.h"

struct queue_node {
	struct queue_node *parent, *child[2]; /* 0: before, 1: after */
	uint64_t key;
	uint64_t raise;	    /* to be added to the keys of all below it */
	uint32_t id;	    /* unique in a queue: the order of equal keys */
	uint32_t rank;	    /* no node is above one of higher rank */
	uint32_t traits;    /* not zero; what they mean is the owner's affair */
	uint32_t reachable; /* union of the traits of the subtree */
	bool queued;
};

struct queue {
	struct queue_node *root, *first, *last;
	uint32_t random; /* any value to begin with */
};

/* Put `n` in; its key, id and traits are set, and stay until it is removed. It is in no queue. */
void queue_insert(struct queue *q, struct queue_node *n);
/* Take `n` out; it is in this queue. */
void queue_remove(struct queue *q, struct queue_node *n);
/* The first node whose traits have a bit in common with `mask`; NULL: none. */
struct queue_node *queue_first_allowed(struct queue *q, uint32_t mask);
/* The last node whose key is `key` or less; NULL: none. */
struct queue_node *queue_last_up_to(struct queue *q, uint64_t key);
/* Add `by` to all keys that are `key` or less; those above `key` are above `key + by` too. */
void queue_raise(struct queue *q, uint64_t key, uint64_t by);

#ifdef QUEUE_COUNT_VISITS
extern uint64_t queue_visits; /* nodes looked at so far, for the test of the bounds above */
#endif

#endif
