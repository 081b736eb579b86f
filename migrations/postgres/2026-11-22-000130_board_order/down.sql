DROP INDEX errand_board;
