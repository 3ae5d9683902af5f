"""Generator of the synthetic Jiangbei demo workspace (示例数据)."""
