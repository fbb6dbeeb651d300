"""The pages by group; a module registers its pages with `web.page.page`."""
