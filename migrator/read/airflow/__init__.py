"""What Airflow's names do when the interpreter meets them: DAGs, operators, TaskFlow, edges, groups, assets."""
