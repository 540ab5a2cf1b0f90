/* SPDX-License-Identifier: MIT */
/* A test case of its own folder, for g_test_add(). */
#pragma once

#include "scratch-folder.h"

typedef struct
{
  char *folder;
} Fixture;

static inline void
set_up (Fixture *self, gconstpointer user_data)
{
  self->folder = scratch_folder_new ();
}

static inline void
tear_down (Fixture *self, gconstpointer user_data)
{
  scratch_folder_remove (self->folder);
}
