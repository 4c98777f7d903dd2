/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef QUEUE_H
#define QUEUE_H

/*
 * A queue ordered by (key, id): an AVL tree of nodes that live in their owners, with both ends at
 * hand. No allocation, no recursion. Each node also knows the union of the affinities below it, so
 * that "the first that may run on this CPU" takes one walk down, however the vCPUs are pinned.
 *
 * insert, remove and first_allowed are O(log n) at worst; insert behind the last and remove of the
 * first, which is what a scheduler mostly does, touch a constant number of nodes on average.
 *
 * Nothing here locks: the caller holds the lock that guards the queue.
 */
#include "types.h"

struct queue_node {
	struct queue_node *parent, *child[2]; /* 0: before, 1: after */
	uint64_t key;
	uint32_t id;	   /* unique in a queue: the order of equal keys */
	uint8_t affinity;  /* not zero */
	uint8_t reachable; /* union of the affinities of the subtree */
	uint8_t height;	   /* of the subtree, 1 for a leaf */
	bool queued;
};

struct queue {
	struct queue_node *root, *first, *last;
};

/* Put `n` in; its key, id and affinity are set, and stay until it is removed. It is in no queue. */
void queue_insert(struct queue *q, struct queue_node *n);
/* Take `n` out; it is in this queue. */
void queue_remove(struct queue *q, struct queue_node *n);
/* The first node whose affinity has a bit in common with `mask`; NULL: none. */
struct queue_node *queue_first_allowed(const struct queue *q, uint8_t mask);
/* The node before `n`; NULL: `n` is the first. */
struct queue_node *queue_prev(const struct queue_node *n);

#ifdef QUEUE_COUNT_VISITS
extern uint64_t queue_visits; /* nodes looked at so far, for the test of the bounds above */
#endif

#endif
