"""The keying station, the dashboard and the HTTP API: thin skins over the mailroom.

* ``config``: what a server is told when it starts
* ``safety``: who may speak to it, and what a browser may do with its pages
* ``session``: the signed cookie that says who somebody is
* ``bodies``: requests and answers, within limits
* ``desks``: a store for every request, and pictures that were cut before they are asked for
* ``station``: the keying page and what it calls
* ``dashboard``: the state of the mailroom
* ``reading``: readers in processes of their own, behind a bounded queue
* ``api``: images in, records out
* ``openapi``: the API for programs to read
* ``app``: all of it as one application
"""
